import type { OrderStatus } from "./order.ts"
import type { Instant } from "./time.ts"

/** What pays an order of 0.00, in place of a provider's name. */
export const FREE = "free"

/** What a provider says about a payment; its own spellings are translated before they get here. */
export type PaymentEventKind = "succeeded" | "failed" | "cancelled"

/** What a provider says about a dispute: the buyer's bank takes money back, gives it up, or keeps it. */
export type DisputeEventKind = "dispute_opened" | "dispute_won" | "dispute_lost"

/**
 * What an event did.
 *
 * `paid`, `cancelled`: it moved the order. `disputed`: it opened or closed a dispute. `ignored_final`:
 * the order, or the dispute, was already final. `refund_due`: money arrived that the order could not
 * take. `parked`: no such order, or payment, yet.
 */
export type PaymentOutcome = "paid" | "cancelled" | "disputed" | "ignored_final" | "refund_due" | "parked"

/** What all messages of payment providers have. `(provider, key)` identifies one for ever (I4). */
interface ProviderMessage {
  readonly provider: string
  readonly key: string
  /** Digest of everything the message says, to tell a repetition from a reused key. */
  readonly fingerprint: string
}

/** In the place of an order's id, where a message could not be understood. No order has it, so it acts on none. */
export const NO_ORDER = 0

/** One verified message about a payment. */
export interface PaymentEvent extends ProviderMessage {
  readonly kind: PaymentEventKind
  readonly orderId: number
  /** The provider's name for the payment; null when it gives none. */
  readonly paymentId: string | null
  /** Null: the provider did not say; the order's total is then taken. */
  readonly amountMinor: number | null
  readonly currency: string | null
  /** With these three, an event that overtakes its order can make it (see record-payment-event). */
  readonly holdId: number | null
  readonly productId: number | null
  readonly quantity: number | null
  readonly disputeId: null
}

/** One verified message about a dispute. It names no order, only the payment. */
export interface DisputeEvent extends ProviderMessage {
  readonly kind: DisputeEventKind
  readonly orderId: null
  readonly paymentId: string
  /** How much the bank claims; null: the provider did not say, all of the payment is then taken. */
  readonly amountMinor: number | null
  readonly currency: string | null
  readonly holdId: null
  readonly productId: null
  readonly quantity: null
  /** The provider's name for the dispute. */
  readonly disputeId: string
}

/** Any message of a payment provider; those about disputes have a `disputeId`. */
export type ProviderEvent = PaymentEvent | DisputeEvent

/** An event in the inbox, with what it did. */
export type PaymentEventRecord = ProviderEvent & Fate

/** What became of an event. */
interface Fate {
  readonly outcome: PaymentOutcome
  /** The order the event was applied to; null while parked. */
  readonly appliedOrderId: number | null
  /** The order's status right after; null while parked. */
  readonly orderStatus: OrderStatus | null
  /** It paid an order that had ended. */
  readonly late: boolean
  readonly receivedAt: Instant
  readonly appliedAt: Instant | null
  /** Somebody has sent the money back by hand before an order came; it then acts on none. */
  readonly returnedAt: Instant | null
}

/** Money received, whatever became of the order (I7). */
export interface Payment {
  readonly productId: number
  readonly orderId: number
  readonly provider: string
  readonly eventKey: string
  readonly paymentId: string | null
  readonly amountMinor: number
  readonly currency: string
  /** `order`: it pays the order. `refund_due`: the order could not take it; it must go back. */
  readonly allocation: "order" | "refund_due"
  /** How much of it has gone back or is about to (I7). */
  readonly refundedMinor: number
  /** How much of it the buyer's bank holds back, or has taken for good (I7). */
  readonly disputedMinor: number
  readonly receivedAt: Instant
}
