import type { HoldStatus, OrderStatus, PageQuery, Product, Time } from "./types.ts"

/** What only the shop sends and gets, in the names of the wire. */

/** The settings of a product that may be left out; null takes one back. */
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
  /** 1 to 86,400; null: as the installation has it. */
  readonly hold_ttl_seconds?: number | null
}

/** A new product. It is on sale at once, unless `opens_at` or `paused` says otherwise. */
export interface NewProductBody extends ProductSettings {
  readonly name: string
  readonly price_minor: number
  readonly currency: string
  readonly stock: number
}

/** What is to change; orders that are there keep their price. */
export interface ProductChangesBody extends ProductSettings {
  readonly name?: string
  readonly price_minor?: number
  readonly currency?: string
}

/** Compare and set: nothing changes unless the stock is `expected`. */
export interface StockBody {
  readonly stock: number
  readonly expected: number
}

/** Which orders or holds; what is not given does not matter. */
export interface RowQuery<Status> extends PageQuery {
  readonly product_id?: number | undefined
  readonly customer_id?: string | undefined
  readonly status?: Status | undefined
}

export type OrderQuery = RowQuery<OrderStatus>
export type HoldQuery = RowQuery<HoldStatus>

/** Which payments; what is not given does not matter. */
export interface PaymentQuery extends PageQuery {
  readonly order_id?: number | undefined
  readonly provider?: string | undefined
  readonly allocation?: PaymentAllocation | undefined
}

/** Which payment events; what is not given does not matter. */
export interface PaymentEventQuery extends PageQuery {
  readonly order_id?: number | undefined
  readonly provider?: string | undefined
  readonly outcome?: PaymentOutcome | undefined
}

/** Money that came either pays its order or goes back. */
export type PaymentAllocation = "order" | "refund_due"

/** What a payment event did. */
export type PaymentOutcome = "paid" | "cancelled" | "disputed" | "ignored_final" | "refund_due" | "parked"

/** Money received. */
export interface Payment {
  readonly provider: string
  /** The message that told of it. */
  readonly event_key: string
  readonly payment_id: string | null
  readonly order_id: number
  readonly product_id: number
  readonly amount_minor: number
  readonly amount: string
  readonly currency: string
  readonly allocation: PaymentAllocation
  /** How much of it has gone back or is about to. */
  readonly refunded_minor: number
  /** How much of it a bank holds back, or has taken. */
  readonly disputed_minor: number
  readonly received_at: Time
}

/** One message of a payment provider, and what it did. */
export interface PaymentEvent {
  readonly provider: string
  readonly key: string
  readonly kind: "succeeded" | "failed" | "cancelled" | "dispute_opened" | "dispute_won" | "dispute_lost"
  readonly dispute_id: string | null
  /** The order that it names; a dispute's names none. */
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

/** What is to go back: money, units, or both. */
export interface RefundBody {
  /** Null: all that is left of the payment; none if not given. */
  readonly amount_minor?: number | null
  /** Units that are to be on offer again; none if not given. */
  readonly restock_qty?: number
}

/**
 * Why money goes back. `units_not_available`: the units of an order that was paid late are held or sold. `sold_out`: the same,
 * in refunds of earlier versions.
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

/** Money that goes back. */
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
  /** It is not sent before. */
  readonly not_before: Time
  readonly attempts: number
  readonly last_error: string | null
  readonly provider_refund_id: string | null
  readonly created_at: Time
  readonly updated_at: Time
}

/** What a buyer's bank takes back. */
export interface Dispute {
  /** The provider's name for it. */
  readonly dispute_id: string
  readonly order_id: number
  readonly product_id: number
  readonly provider: string
  readonly payment_id: string
  readonly status: "open" | "won" | "lost"
  /** What the buyer's bank claims. */
  readonly amount_minor: number
  readonly amount: string
  /** How much of it counts as gone beside the payment's refunds. */
  readonly held_minor: number
  readonly currency: string
  readonly created_at: Time
  readonly updated_at: Time
}

/** Which dispute of an order. */
export interface DisputeBody {
  readonly provider: string
  readonly dispute_id: string
}

/** A payment that names an order that is not there. */
export interface StrayPayment {
  readonly provider: string
  readonly key: string
  readonly order_id: number | null
  readonly payment_id: string | null
  readonly amount_minor: number | null
  readonly currency: string | null
  readonly received_at: Time
  readonly returned_at: Time | null
}

/** Which payment without an order was sent back by hand. */
export interface ReturnedBody {
  readonly provider: string
  readonly key: string
}

/** A parked payment, and the order that it is to be given to. */
export interface AssignBody extends ReturnedBody {
  readonly order_id: number
}

/** What can be done about an entry of the money inbox. */
export interface MoneyAction {
  readonly name: "retry" | "confirm" | "assign" | "returned" | "won" | "lost"
  /** To be POSTed to; the calls of the same name do so. `assign` says an `order_id` besides `body`. */
  readonly href: string
  readonly body: ReturnedBody | DisputeBody | null
}

/** Money that somebody may have to look after; the one of the last three that `kind` names is there. */
export interface MoneyInboxEntry {
  readonly kind: "payment_without_order" | "refund" | "dispute"
  /** In words, for whoever has to look. */
  readonly why: string
  readonly actions: readonly MoneyAction[]
  readonly payment_event: StrayPayment | null
  readonly refund: Refund | null
  readonly dispute: Dispute | null
}

/** How the shop has shown who it is: by its token, by signing in to the control room, or in open mode not at all. */
export type AdminWay = "token" | "session" | "open"

/** How often something came about, or was refused. */
export interface Counted {
  /** What became of it, or the code of its refusal. */
  readonly result: string
  readonly count: number
}

/** A running sale at a glance. */
export interface Live {
  readonly product: Product
  /** Also where `sale_state` does not say it: before the opening. */
  readonly paused: boolean
  /** How long ago the product's first hold or unpaid order fell due that is not ended yet. */
  readonly expiry_lag_seconds: number
  readonly money_inbox_count: number
  /** Of all products, in the processes that share the port of the one that answered. */
  readonly counters: {
    readonly since: Time | null
    readonly processes: number
    readonly holds: readonly Counted[]
    readonly orders: readonly Counted[]
  }
  /** Of the product alone, in the same processes, since somebody asks for it: compare two answers. */
  readonly product_holds: readonly Counted[]
  readonly invariants: {
    /** Differences that the last recount found. */
    readonly violations: number
    /** Null: there was none yet, so that `violations` says nothing. */
    readonly recounted_at: Time | null
  }
  readonly server_time: Time
}

/** A change that an admin route was asked for. */
export interface AdminAction {
  readonly action_id: number
  readonly way: AdminWay
  /** Method and route: `"POST /api/admin/products/:id/pause"`. */
  readonly route: string
  readonly path: string
  readonly product_id: number | null
  readonly order_id: number | null
  /** What the request said, without secrets; null: nothing, or nothing that could be understood. */
  readonly content: Readonly<Record<string, unknown>> | null
  /** Of the answer: 400 and above was refused. */
  readonly status: number
  readonly request_id: string
  readonly created_at: Time
}

/** Which changes; what is not given does not matter. */
export interface AdminActionQuery extends PageQuery {
  readonly product_id?: number | undefined
}

/** A list that has no pages. */
export interface WholeList<Item> {
  readonly data: readonly Item[]
}

/** What other systems can be told of. */
export type EventType =
  | "order.created"
  | "order.paid"
  | "order.cancelled"
  | "order.expired"
  | "order.refunded"
  | "payment.refund_due"
  | "payment.refund_failed"
  | "payment.disputed"
  | "product.sold_out"
  | "product.restocked"

/** Who is to be sent events. */
export interface NewEndpointBody {
  /** `https://…` or `http://…`, without credentials. */
  readonly url: string
  /** Null or not given: all, those of later versions as well. */
  readonly types?: readonly EventType[] | null
  /** `whsec_` and 24 to 64 bytes in base64; the server makes one if not given. */
  readonly secret?: string
}

/** What is to change. What is due while an endpoint is disabled is sent when it is enabled again. */
export interface EndpointChangesBody {
  readonly url?: string
  readonly types?: readonly EventType[] | null
  readonly enabled?: boolean
}

/** With what is signed from now on; the server makes a secret if none is given. */
export interface RotationBody {
  readonly secret?: string
}

/** From when on events are sent once more. */
export interface ReplayBody {
  readonly since: Time
}

/** Somebody to whom events are sent. */
export interface WebhookEndpoint {
  readonly endpoint_id: number
  readonly url: string
  readonly types: readonly EventType[] | null
  readonly enabled: boolean
  /** By request, or gone: it answered 410. */
  readonly disabled_reason: string | null
  /** Until then the secret before this one signs as well. */
  readonly previous_secret_until: Time | null
  readonly created_at: Time
  readonly updated_at: Time
}

/** An endpoint with the secret that signs what it is sent. */
export interface WebhookEndpointWithSecret extends WebhookEndpoint {
  /** Shown now and never again. */
  readonly secret: string
}

export type DeliveryStatus = "due" | "delivered" | "failed"

/** Which deliveries of an endpoint. */
export interface DeliveryQuery extends PageQuery {
  readonly status?: DeliveryStatus | undefined
}

/** One event on its way to one endpoint. */
export interface WebhookDelivery {
  /** The event's id, the same for every attempt: `"order_paid-17"`. */
  readonly webhook_id: string
  readonly endpoint_id: number
  readonly type: string
  readonly status: DeliveryStatus
  readonly not_before: Time
  readonly attempts: number
  /** Of the last attempt; null: no answer. */
  readonly response_status: number | null
  readonly last_error: string | null
  readonly created_at: Time
  readonly updated_at: Time
}

/** How many events are sent once more. */
export interface ReplayAnswer {
  readonly replayed: number
}
