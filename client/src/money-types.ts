import type { Order, PageQuery, Time, WantedLine } from "./types.ts"

/** The requests and answers of the shop's routes about payments, refunds, disputes and the money inbox. */

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
  | "access_code_used_up"
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
