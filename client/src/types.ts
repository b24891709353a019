/**
 * What a buyer's page sends and gets, in the names of the wire. Money is an integer of minor units, with
 * the decimal beside it; ids are positive integers.
 */

/** A moment, ISO 8601 in UTC: `2026-11-27T12:00:00.000Z`. */
export type Time = string

/** The first that applies: `all_held` means that nothing is available, and held units may come back. */
export type SaleState = "closed" | "scheduled" | "paused" | "sold_out" | "all_held" | "open"

/** What is sold, in a limited number of units: `stock = available_stock + reserved_stock + sold_stock`. */
export interface Product {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly image_url: string | null
  /** `price_minor` as a decimal in the currency's digits: `"99.99"`. */
  readonly price: string
  readonly price_minor: number
  /** ISO 4217: `"EUR"`. */
  readonly currency: string
  readonly stock: number
  readonly available_stock: number
  /** Units that are held, by holds and by orders that wait for payment. */
  readonly reserved_stock: number
  readonly sold_stock: number
  readonly sale_state: SaleState
  /** Null: open from the start. */
  readonly opens_at: Time | null
  /** Null: open for ever. */
  readonly closes_at: Time | null
  /** Units a hold may have; null: any number. */
  readonly max_per_hold: number | null
  /** Units a customer may hold and own; null: any number, and no `customer_id` is asked for. */
  readonly max_per_customer: number | null
  readonly hold_ttl_seconds: number
  /** The server's clock when it looked, which is a while ago where the answer comes out of a cache. */
  readonly server_time: Time
}

/** A page of a list. */
export interface Page<Item> {
  readonly data: readonly Item[]
  readonly has_more: boolean
  /** The `cursor` of the next page; null on the last. */
  readonly next_cursor: string | null
}

/** Which page of a list. */
export interface PageQuery {
  /** 1 to 100; 20 if not given. */
  readonly limit?: number | undefined
  /** `next_cursor` of the page before. */
  readonly cursor?: string | null | undefined
}

/** The life of a hold: `active`, and then one of the others for ever. */
export type HoldStatus = "active" | "converted" | "expired" | "released"

/** Units that nobody else can have until `expires_at`. */
export interface Hold {
  readonly hold_id: number
  readonly product_id: number
  readonly qty: number
  readonly status: HoldStatus
  readonly expires_at: Time
  readonly created_at: Time
  readonly customer_id: string | null
}

/** A hold as only its maker sees it. */
export interface NewHold extends Hold {
  /** Proves who owns the hold and the order made from it. Keep it: it is never shown again. */
  readonly token: string
}

/** What is to be held. */
export interface HoldBody {
  readonly product_id: number
  readonly qty: number
  /** The shop's name for the buyer, up to 255 characters; needed where `max_per_customer` is set. */
  readonly customer_id?: string
}

/** The life of an order: it waits for payment until `expires_at`, and only a paid one can be refunded. */
export type OrderStatus = "pending_payment" | "paid" | "cancelled" | "expired" | "refunded"

/** Made from one hold, at the price of that moment. */
export interface Order {
  readonly order_id: number
  readonly hold_id: number
  readonly product_id: number
  readonly quantity: number
  readonly unit_price: string
  readonly total_price: string
  readonly total_minor: number
  readonly currency: string
  readonly status: OrderStatus
  /** How often its buyer has begun to pay. */
  readonly payment_attempts: number
  /** It was paid after its end, with units that were still there. */
  readonly late: boolean
  /** How many of its units are on offer again. */
  readonly restocked_qty: number
  readonly expires_at: Time
  readonly paid_at: Time | null
  readonly created_at: Time
  readonly updated_at: Time
  readonly customer_id: string | null
}

/** From which hold the order is to be made. */
export interface OrderBody {
  readonly hold_id: number
}

/** With which payment the buyer begins: both or neither. */
export interface PaymentAttemptBody {
  /** The provider's name here: `"stripe"`. */
  readonly provider?: string
  /** The provider's name for the payment. */
  readonly payment_id?: string
}

/** A payment that the shop's provider has opened. */
export interface OpenedPayment {
  /** The provider's name here: `"stripe"`. */
  readonly provider: string
  /** The provider's name for the payment. */
  readonly payment_id: string
  /** With it the provider's script on the buyer's page shows the payment. */
  readonly client_secret: string
}

/** Whether the server can serve. */
export interface Health {
  readonly status: "ok" | "unavailable" | "stopping"
  readonly database: "ok" | "unavailable"
  readonly version: string
  readonly uptime_seconds: number
}
