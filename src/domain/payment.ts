import type { OrderStatus } from "./order.ts"
import type { Instant } from "./time.ts"

/** Stands for the provider's name in the payment of an order of 0.00. */
export const FREE = "free"

/** What happened to a payment, translated from the provider's own words. */
export type PaymentEventKind = "succeeded" | "failed" | "cancelled"

/** What happened to a dispute: the buyer's bank takes money back, returns it to the shop, or keeps it. */
export type DisputeEventKind = "dispute_opened" | "dispute_won" | "dispute_lost"

/**
 * The effect of an event.
 *
 * `paid`, `cancelled`: the order changed its status. `disputed`: a dispute was opened, changed or closed.
 * `ignored_final`: the order or the dispute did not change, because it was already final. `refund_due`: the
 * money could not pay the order and has to be refunded. `parked`: the order or the payment is not known yet.
 */
export type PaymentOutcome = "paid" | "cancelled" | "disputed" | "ignored_final" | "refund_due" | "parked"

/** Identifies a message of a payment provider for ever (I4). */
export interface PaymentEventKey {
  readonly provider: string
  readonly key: string
}

/** Fields of every message of a payment provider. */
interface ProviderMessage extends PaymentEventKey {
  /** Digest of the content, to tell a repeated message from another one with the same key. */
  readonly fingerprint: string
}

/** The order id of a message that could not be understood. No order has this id, so the message changes no order. */
export const NO_ORDER = 0

/** One verified message about a payment. */
export interface PaymentEvent extends ProviderMessage {
  readonly kind: PaymentEventKind
  readonly orderId: number
  /** The provider's id of the payment; null: the provider gave none. */
  readonly paymentId: string | null
  /** Null: the provider gave no amount, and the order's total is assumed. */
  readonly amountMinor: number | null
  readonly currency: string | null
  /**
   * With these three fields, an event that arrives before its order can make the order (see record-payment-event.ts).
   */
  readonly holdId: number | null
  readonly productId: number | null
  readonly quantity: number | null
  readonly disputeId: null
}

/** One verified message about a dispute. It names the payment, and no order. */
export interface DisputeEvent extends ProviderMessage {
  readonly kind: DisputeEventKind
  readonly orderId: null
  readonly paymentId: string
  /** The amount that the bank claims; null: the provider gave none, and the whole payment is assumed. */
  readonly amountMinor: number | null
  readonly currency: string | null
  readonly holdId: null
  readonly productId: null
  readonly quantity: null
  /** The provider's id of the dispute. */
  readonly disputeId: string
}

/** A message of a payment provider; only one about a dispute has a `disputeId`. */
export type ProviderEvent = PaymentEvent | DisputeEvent

/** An event in the inbox, with its effect. */
export type PaymentEventRecord = ProviderEvent & RecordedEffect

interface RecordedEffect {
  readonly outcome: PaymentOutcome
  /** The order that the event was applied to; null while parked. */
  readonly appliedOrderId: number | null
  /** The order's status right after the event; null while parked. */
  readonly orderStatus: OrderStatus | null
  /** True: the event paid an order that had already expired or been cancelled. */
  readonly late: boolean
  readonly receivedAt: Instant
  readonly appliedAt: Instant | null
  /** When an administrator recorded that the money was returned by hand; the event is then never applied. */
  readonly returnedAt: Instant | null
}

/** Money received, whether it pays an order or has to be refunded (I7). */
export interface Payment {
  readonly productId: number
  readonly orderId: number
  readonly provider: string
  readonly eventKey: string
  readonly paymentId: string | null
  readonly amountMinor: number
  readonly currency: string
  /** `order`: the payment pays the order. `refund_due`: the payment could not pay the order and has to be refunded. */
  readonly allocation: "order" | "refund_due"
  /** How much of the payment has been refunded or is to be refunded (I7). */
  readonly refundedMinor: number
  /** How much of the payment counts as gone because of open and lost disputes (I7). */
  readonly disputedMinor: number
  readonly receivedAt: Instant
}
