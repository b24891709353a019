import type { Instant } from "./time.ts"
import { hasPassed } from "./time.ts"

/**
 * `pending_payment → paid | cancelled | expired`, `paid → refunded`; money that comes soon after the
 * end: `cancelled | expired → paid`.
 */
export type OrderStatus = "pending_payment" | "paid" | "cancelled" | "expired" | "refunded"

/** Who made the order: the buyer, or a payment event that arrived before the buyer's request. */
export type OrderOrigin = "buyer" | "payment_event"

/** A purchase made from one hold, at the price of that moment. */
export interface Order {
  readonly id: number
  readonly productId: number
  readonly holdId: number
  readonly customerId: string | null
  readonly qty: number
  readonly unitPriceMinor: number
  readonly totalMinor: number
  readonly currency: string
  readonly status: OrderStatus
  readonly origin: OrderOrigin
  /** From this moment on an unpaid order is over and its units come back (I6). */
  readonly expiresAt: Instant
  readonly paidAt: Instant | null
  /** It was paid after its end, with units that were taken again. */
  readonly late: boolean
  /** Of its units, those that are on offer again. */
  readonly restockedQty: number
  /** How many refunds it has; the next one's number is one more. */
  readonly refundCount: number
  /** How often its buyer has begun to pay. */
  readonly paymentAttempts: number
  /** The payment that was begun last, as far as its page has said; its provider can be asked about it. */
  readonly attempt: PaymentAttempt | null
  /** It was given more time because its provider could not say whether it is paid. */
  readonly awaited: boolean
  readonly createdAt: Instant
  /** When its status or deadline changed last. */
  readonly updatedAt: Instant
}

/** A payment that a buyer has begun. */
export interface PaymentAttempt {
  readonly provider: string
  readonly paymentId: string
}

/** True when the order still waits for payment although its time is over. */
export function isDueOrder(order: Order, now: Instant): boolean {
  return order.status === "pending_payment" && hasPassed(order.expiresAt, now)
}

/** When an order that is not paid ended; null while it waits, and when it is paid. */
export function endOfUnpaid({ status, expiresAt, updatedAt }: Order): Instant | null {
  if (status === "expired") return expiresAt
  return status === "cancelled" ? updatedAt : null
}
