import type {
  PhaseBody,
  Choice,
  CustomerKind,
  Demand,
  HoldStatus,
  LocalText,
  OrderStatus,
  PageQuery,
  ProductStatus,
  SaleState,
  ShopProduct,
  StockDisplay,
  Time,
} from "./types.ts"

/** The requests and answers of the shop's routes, with the names of the API. */

/** The optional settings of a product; null removes one. */
export interface ProductSettings {
  /** Up to 2,000 characters. */
  readonly description?: string | null
  /** `https://…` or `http://…`. */
  readonly image_url?: string | null
  readonly opens_at?: Time | null
  /** After `opens_at`. */
  readonly closes_at?: Time | null
  readonly paused?: boolean
  /** `listed` if not given. */
  readonly status?: ProductStatus
  readonly max_per_hold?: number | null
  readonly max_per_customer?: number | null
  /** 1 to 86,400; null: the installation's default. */
  readonly hold_ttl_seconds?: number | null
  /** What its buyers are asked for; a member that is left out is `no`. */
  readonly collect?: CollectBody | null
  /** ISO 3166 codes of the countries that the shop ships to; null: every country. */
  readonly shipping_countries?: readonly string[] | null
  /** Up to 10 questions of the shop's own. */
  readonly questions?: readonly QuestionBody[] | null
  /** The shop's own number of the article, up to 255 characters. Buyers may read it; several products may have it. */
  readonly sku?: string | null
  /** What another system of the shop calls the product, up to 255 characters. No buyer is told; several may have it. */
  readonly external_id?: string | null
  /** What buyers are told of the units; `exact` if not given. */
  readonly stock_display?: StockDisplay
  /** Who it is sold to; `any` if not given. */
  readonly customer?: CustomerKind
  /** 1 to 20 periods that say who may buy when; null: all buyers may buy, for the whole sale. */
  readonly phases?: readonly PhaseBody[] | null
}

/** What the buyers of a product are asked for. */
export interface CollectBody {
  readonly email?: Demand
  readonly name?: Demand
  readonly phone?: Demand
  readonly shipping_address?: Demand
}

/** A question of the shop's own. */
export interface QuestionBody {
  /** `[a-z0-9_]`, 1 to 40 characters, each key once. */
  readonly key: string
  readonly kind: "text" | "choice" | "checkbox"
  /** Up to 255 characters. */
  readonly label: LocalText
  /** 1 to 50, with kind `choice` only. */
  readonly choices?: readonly Choice[]
  /** False if not given. A required checkbox must be true. */
  readonly required?: boolean
  /** Up to 2,000 characters. */
  readonly help?: LocalText | null
  /** `https://…` or `http://…`. */
  readonly link?: string | null
}

/** A new product. It is on sale at once, unless `status`, `opens_at` or `paused` delays that. */
export interface NewProductBody extends ProductSettings {
  readonly name: string
  readonly price_minor: number
  readonly currency: string
  /** Required unless there are `variants`. */
  readonly stock?: number
  /** In the place of `stock`: 1 to 200, each with a stock of its own. */
  readonly variants?: readonly NewVariantBody[]
}

/** The optional settings of a variant; null removes one. */
interface VariantSettings {
  /** The shop's own number of the article, up to 255 characters. */
  readonly sku?: string | null
  /** What tells it from the others: `{"size": "42"}`; up to 10 names. */
  readonly options?: Readonly<Record<string, string>>
  /** Variants are listed by position, then by id; if not given, in the order they are added. */
  readonly position?: number
  /** `https://…` or `http://…`. */
  readonly image_url?: string | null
  /** What the picture shows, up to 255 characters. */
  readonly image_alt?: string | null
  /** The price of one unit, in minor units of the product's currency; null: the product's price. */
  readonly price_minor?: number | null
  /** The most units of it in one hold; null: only the product's limits apply. */
  readonly max_per_hold?: number | null
  /** False: new holds of it are refused as `variant_disabled`; existing holds and orders go on. True if not given. */
  readonly enabled?: boolean
}

/** A variant to add. */
export interface NewVariantBody extends VariantSettings {
  readonly name: string
  readonly stock: number
}

/** The settings of a variant to change; holds and orders keep their price. */
export interface VariantChangesBody extends VariantSettings {
  readonly name?: string
}

/** The variants to add, 1 to 200. */
export interface VariantsBody {
  readonly variants: readonly NewVariantBody[]
}

/** The settings to change; holds and orders keep their price. */
export interface ProductChangesBody extends ProductSettings {
  readonly name?: string
  readonly price_minor?: number
  readonly currency?: string
}

/** Filters of the list of all products. */
export interface ProductQuery extends PageQuery {
  readonly status?: ProductStatus | undefined
  /** Those with this `sku` of their own. */
  readonly sku?: string | undefined
  readonly external_id?: string | undefined
}

/** Compare and set: the stock changes only if it is `expected` now. */
export interface StockBody {
  readonly stock: number
  readonly expected: number
}

/** Filters of orders or holds; each that is given must match. */
export interface RowQuery<Status> extends PageQuery {
  readonly product_id?: number | undefined
  readonly customer_id?: string | undefined
  /** Those that have a line of this variant. */
  readonly variant_id?: number | undefined
  /** Those that have a line of a variant with this `sku`, of any product. */
  readonly sku?: string | undefined
  /** Those with this `reference` of the shop's. */
  readonly reference?: string | undefined
  readonly status?: Status | undefined
}

/** Filters of orders; each that is given must match. */
export interface OrderQuery extends RowQuery<OrderStatus> {
  /** `newest`: by `created_at`, the newest first. By id if not given. A cursor belongs to one of them. */
  readonly order?: "id" | "newest" | undefined
  /** The provider's id of a payment that the order has received. */
  readonly payment_id?: string | undefined
  /** Made at this time or later. */
  readonly from?: Time | undefined
  /** Made before this time. */
  readonly to?: Time | undefined
}

/** A search for orders, also by their buyers; each field that is given must match. */
export interface OrderSearch extends OrderQuery {
  /** The buyer's e-mail address; upper and lower case of A to Z do not matter. */
  readonly email?: string | undefined
  /** Beginnings of words of the buyer's name, in upper or lower case. */
  readonly name?: string | undefined
}
export type HoldQuery = RowQuery<HoldStatus>

/** Whose details are erased: one of both. */
export interface EraseBody {
  readonly email?: string
  readonly customer_id?: string
}

/** The result of an erasure. */
export interface EraseAnswer {
  /** Number of orders whose details were erased. */
  readonly erased_orders: number
}

/** How an admin request was authenticated: by token, by a session of the control room, or not at all in open mode. */
export type AdminWay = "token" | "session" | "open"

/** How often holds or orders have had this result. */
export interface Counted {
  /**
   * Of holds: `created`, `released` or `expired`; of orders: `created`, `paid`, `cancelled`, `expired` or `refunded`;
   * of both: the code of a refusal, such as `out_of_stock`.
   */
  readonly result: string
  readonly count: number
}

/** What became of a product's holds since it was created. */
export interface SaleFigures {
  readonly holds: {
    readonly count: number
    readonly units: number
    /** False: holds that ended without an order may have been removed since, so more were made. */
    readonly complete: boolean
  }
  readonly orders: { readonly count: number; readonly units: number }
  /** Orders that were paid, those refunded since included. */
  readonly paid: { readonly count: number; readonly units: number }
  /** By currency: first the product's, then those of other paid orders, from before its currency was changed. */
  readonly revenue: readonly Revenue[]
  readonly counted_at: Time
}

/** What orders in one currency have brought, in its minor units. */
export interface Revenue {
  readonly currency: string
  readonly paid_orders: number
  /** The totals of all orders that were paid, those refunded since included. */
  readonly gross_minor: number
  /** What of that goes or went back. */
  readonly refunded_minor: number
  /** What of that banks hold or have taken because of disputes. */
  readonly disputed_minor: number
}

/** The units of a product at one moment. */
export interface CourseSample {
  readonly at: Time
  readonly available_stock: number
  readonly reserved_stock: number
  readonly sold_stock: number
  readonly sale_state: SaleState
}

/** What is asked for besides the live state. */
export interface LiveQuery {
  /** `course`: the last quarter of an hour too. */
  readonly include?: "course" | undefined
}

/** The live state of a sale. */
export interface Live {
  readonly product: ShopProduct
  /** Whether the sale is paused. `sale_state` does not always show a pause: before the opening it is `scheduled`. */
  readonly paused: boolean
  /** How long ago the oldest due hold or unpaid order of the product fell due; 0 if none is due. */
  readonly expiry_lag_seconds: number
  readonly money_inbox_count: number
  /** Holds and orders of all products by result, counted in all processes that share the answering process's port. */
  readonly counters: {
    readonly since: Time | null
    readonly processes: number
    readonly holds: readonly Counted[]
    readonly orders: readonly Counted[]
  }
  /**
   * Holds of this product by result, counted in the same processes while its live screen is open: compare two answers.
   */
  readonly product_holds: readonly Counted[]
  /** Only of a product with variants: how many holds were refused because of each variant, counted in the same way. */
  readonly variant_refusals?: readonly VariantRefusals[]
  /** Counted at most every five seconds; null: not counted yet. */
  readonly figures: SaleFigures | null
  /** A sample a second, as far as live screens have shown the product; only if it was asked for. */
  readonly course?: readonly CourseSample[]
  readonly invariants: {
    /** How many differences the last recount found. */
    readonly violations: number
    /** When the last recount ended; null: there was no recount yet, so `violations` has no meaning. */
    readonly recounted_at: Time | null
  }
  /** What the server has noticed about its database. */
  readonly database: {
    /** Whether two database servers took writes in the last ten minutes, or a product lacked committed changes. */
    readonly split_brain: boolean
    /** How many acknowledged changes of products were missing after a failover. */
    readonly lost_changes: number
    /** Whether commits wait for a standby; `waiting`: none is there, so nothing is sold; null: not known, or the embedded database. */
    readonly replication: "none" | "asynchronous" | "synchronous" | "waiting" | null
  }
  /** How Redis does, as the answering server sees it; null: `REDIS_URL` is not set. */
  readonly redis: {
    /** `slow`: a count of the last minute took 50 ms or more. `away`: this server counts limits by address alone. */
    readonly state: "connected" | "slow" | "away"
    /** Since when it is used or away. */
    readonly since: Time | null
    /** The slowest count of the last minute; 0 if there was none. */
    readonly slowest_count_ms: number
  } | null
  readonly server_time: Time
}

/** How many holds were refused because of one variant. */
export interface VariantRefusals {
  readonly variant_id: number
  readonly count: number
}

/** A change that was requested through an admin route. */
export interface AdminAction {
  readonly action_id: number
  readonly way: AdminWay
  /** null: `ADMIN_TOKEN`, or open mode. */
  readonly operator_id: number | null
  /** The operator's name; `owner` for `ADMIN_TOKEN` and its sessions; null in open mode. */
  readonly operator: string | null
  /** Method and route: `"POST /api/admin/products/:id/pause"`. */
  readonly route: string
  readonly path: string
  readonly product_id: number | null
  readonly order_id: number | null
  /** The request's body, without secrets; null: the request had no body, or a body that did not match the schema. */
  readonly content: Readonly<Record<string, unknown>> | null
  /** The HTTP status of the answer; 400 and above: the request was refused. */
  readonly status: number
  readonly request_id: string
  readonly created_at: Time
}

/** Filters of changes; each that is given must match. */
export interface AdminActionQuery extends PageQuery {
  readonly product_id?: number | undefined
}

/** A list without pages. */
export interface WholeList<Item> {
  readonly data: readonly Item[]
}
