import type {
  Order,
  Choice,
  Demand,
  HoldStatus,
  LocalText,
  OrderStatus,
  PageQuery,
  Product,
  Time,
  WantedLine,
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

/** A new product. It is on sale at once, unless `opens_at` or `paused` delays that. */
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
  /** The buyer's e-mail address, in upper or lower case. */
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
  /** Of how many orders details were erased. */
  readonly erased_orders: number
}

/** Filters of payments; each that is given must match. */
export interface PaymentQuery extends PageQuery {
  readonly order_id?: number | undefined
  readonly provider?: string | undefined
  readonly allocation?: PaymentAllocation | undefined
}

/** Filters of payment events; each that is given must match. */
export interface PaymentEventQuery extends PageQuery {
  readonly order_id?: number | undefined
  readonly provider?: string | undefined
  readonly outcome?: PaymentOutcome | undefined
}

/** Whether a payment pays its order or is refunded. */
export type PaymentAllocation = "order" | "refund_due"

/** The effect of a payment event. */
export type PaymentOutcome = "paid" | "cancelled" | "disputed" | "ignored_final" | "refund_due" | "parked"

/** A payment that was received. */
export interface Payment {
  readonly provider: string
  /** The key of the payment event that reported the payment. */
  readonly event_key: string
  readonly payment_id: string | null
  readonly order_id: number
  readonly product_id: number
  readonly amount_minor: number
  readonly amount: string
  readonly currency: string
  readonly allocation: PaymentAllocation
  /** How much of the payment has been refunded or is to be refunded. */
  readonly refunded_minor: number
  /** How much of the payment is disputed or was lost in a dispute. */
  readonly disputed_minor: number
  readonly received_at: Time
}

/** One event of a payment provider, and its effect. */
export interface PaymentEvent {
  readonly provider: string
  readonly key: string
  readonly kind: "succeeded" | "failed" | "cancelled" | "dispute_opened" | "dispute_won" | "dispute_lost"
  readonly dispute_id: string | null
  /**
   * The id of the order that the event names; null for events about disputes, 0 for messages that could not be
   * understood.
   */
  readonly order_id: number | null
  readonly payment_id: string | null
  readonly amount_minor: number | null
  readonly currency: string | null
  readonly outcome: PaymentOutcome
  readonly late: boolean
  readonly applied_order_id: number | null
  readonly received_at: Time
  readonly applied_at: Time | null
  readonly returned_at: Time | null
}

/** A payment event in a list, with the text of its message. */
export interface ListedPaymentEvent extends PaymentEvent {
  /**
   * The text of the message; null, unless the message has unknown fields or could not be understood. Of a longer text,
   * the first 4,000 characters and `…`.
   */
  readonly message: string | null
}

/** A refund of money, units that are put back on sale, or both. */
export interface RefundBody {
  /** The money to refund; null: all that is left of the payment; not given: none. */
  readonly amount_minor?: number | null
  /** How many units are put back on sale; not given: none. */
  readonly restock_qty?: number
  /**
   * In the place of `restock_qty`: units of each variant, each variant once. Required to put units back on sale where an
   * order has several lines.
   */
  readonly restock_lines?: readonly WantedLine[]
}

/**
 * Why money goes back. `units_not_available`: the units of an order that was paid late are held or sold. `sold_out`:
 * the same, in refunds of earlier versions.
 */
export type RefundReason =
  | "amount_too_low"
  | "amount_too_high"
  | "elsewhere"
  | "wrong_currency"
  | "second_payment"
  | "paid_too_late"
  | "sale_over"
  | "customer_limit_reached"
  | "sold_out"
  | "units_not_available"
  | "requested"

/** A refund. */
export interface Refund {
  /** The order's id and a number: `"17-1"`. */
  readonly refund_id: string
  readonly order_id: number
  readonly product_id: number
  readonly provider: string
  readonly payment_id: string | null
  readonly amount_minor: number
  readonly amount: string
  readonly currency: string
  readonly reason: RefundReason
  readonly restock_qty: number
  readonly status: "due" | "sent" | "confirmed" | "failed" | "withheld"
  /** The earliest time when it is sent. */
  readonly not_before: Time
  readonly attempts: number
  readonly last_error: string | null
  readonly provider_refund_id: string | null
  readonly created_at: Time
  readonly updated_at: Time
}

/** A claim of a buyer's bank on a payment. */
export interface Dispute {
  /** The provider's id of the dispute. */
  readonly dispute_id: string
  readonly order_id: number
  readonly product_id: number
  readonly provider: string
  readonly payment_id: string
  readonly status: "open" | "won" | "lost"
  /** The amount that the buyer's bank claims. */
  readonly amount_minor: number
  readonly amount: string
  /**
   * The part of the payment that this dispute keeps from being refunded. It is the claim or, if less, what remains of
   * the payment after refunds and other disputes. 0 once the dispute is won.
   */
  readonly held_minor: number
  readonly currency: string
  readonly created_at: Time
  readonly updated_at: Time
}

/** Selects a dispute of an order. */
export interface DisputeBody {
  readonly provider: string
  readonly dispute_id: string
}

/** A payment that names an order that does not exist. */
export interface StrayPayment {
  readonly provider: string
  readonly key: string
  readonly order_id: number | null
  readonly payment_id: string | null
  readonly amount_minor: number | null
  readonly currency: string | null
  readonly received_at: Time
  readonly returned_at: Time | null
  /**
   * The text of the message; null, unless the message has unknown fields or could not be understood. Of a longer text,
   * the first 4,000 characters and `…`.
   */
  readonly message: string | null
}

/** Selects a payment without an order, by provider and event key. */
export interface ReturnedBody {
  readonly provider: string
  readonly key: string
}

/** A payment without an order, and the order that it is assigned to. */
export interface AssignBody extends ReturnedBody {
  readonly order_id: number
}

/** A possible action on an entry of the money inbox. */
export interface MoneyAction {
  readonly name: "retry" | "confirm" | "assign" | "returned" | "won" | "lost"
  /** The path to which `body` is sent with POST; for `assign`, add an `order_id` to the body. */
  readonly href: string
  readonly body: ReturnedBody | DisputeBody | null
}

/**
 * Money that may need an operator. Of the three members before the last, the one that `kind` names is not null; of kind
 * `details_missing`, all three are null.
 */
export interface MoneyInboxEntry {
  readonly kind: "payment_without_order" | "refund" | "dispute" | "details_missing"
  /** The reason in words, for the operator. */
  readonly why: string
  readonly actions: readonly MoneyAction[]
  readonly payment_event: StrayPayment | null
  readonly refund: Refund | null
  readonly dispute: Dispute | null
  /** Only of kind `details_missing`: the paid order, of whose buyer `missing_details` are missing. */
  readonly order?: Order
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

/** The live state of a sale. */
export interface Live {
  readonly product: Product
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
  readonly invariants: {
    /** How many differences the last recount found. */
    readonly violations: number
    /** When the last recount ended; null: there was no recount yet, so `violations` has no meaning. */
    readonly recounted_at: Time | null
  }
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
