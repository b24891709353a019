import type { OrderStatus } from "./order.ts"
import type { Instant } from "./time.ts"

/** What a provider says about a payment; its own spellings are translated before they get here. */
export type PaymentEventKind = "succeeded" | "failed" | "cancelled"

/**
 * What an event did.
 *
 * `paid`, `cancelled`: it moved the order. `ignored_final`: the order was already final.
 * `refund_due`: money arrived that the order could not take. `parked`: no such order yet.
 */
export type PaymentOutcome = "paid" | "cancelled" | "ignored_final" | "refund_due" | "parked"

/** One verified message from a payment provider. `(provider, key)` identifies it for ever (I4). */
export interface PaymentEvent {
  readonly provider: string
  readonly key: string
  /** Digest of everything the message says, to tell a repetition from a reused key. */
  readonly fingerprint: string
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
}

/** An event in the inbox, with what it did. */
export interface PaymentEventRecord extends PaymentEvent {
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
  readonly receivedAt: Instant
}
