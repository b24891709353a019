import type { Instant } from "./time.ts"
import { hasPassed } from "./time.ts"

/**
 * `pending_payment → paid | cancelled | expired`, `paid → refunded`. Late money: `cancelled | expired → paid`.
 * A refund of the price that fails after it was confirmed: `refunded → paid`.
 */
export type OrderStatus = "pending_payment" | "paid" | "cancelled" | "expired" | "refunded"

/** `payment_event`: a payment event that arrived before the buyer's request has made the order. */
export type OrderOrigin = "buyer" | "payment_event"

/** A purchase made from one hold, at the price of the moment it was made. */
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
  /** From this moment on an unpaid order counts as expired and its units may be returned (I6). */
  readonly expiresAt: Instant
  readonly paidAt: Instant | null
  /** It was paid after it had ended, with units that were still available. */
  readonly late: boolean
  /** How many of its units are restocked, which is available again. */
  readonly restockedQty: number
  /** How many refunds it has; the next refund's number is one more. */
  readonly refundCount: number
  /** How many times the buyer has begun to pay. */
  readonly paymentAttempts: number
  /** The last payment begun that the page has named; its provider can be asked about it. */
  readonly attempt: PaymentAttempt | null
  /** Its deadline was extended because its provider could not say whether it is paid. */
  readonly awaited: boolean
  readonly createdAt: Instant
  /** When its status or deadline changed last. */
  readonly updatedAt: Instant
}

/** A payment that the buyer has begun at a provider. */
export interface PaymentAttempt {
  readonly provider: string
  readonly paymentId: string
}

/** True when the order still waits for payment although its time is over. */
export function isDueOrder(order: Order, now: Instant): boolean {
  return order.status === "pending_payment" && hasPassed(order.expiresAt, now)
}

/** Returns when a cancelled or expired order ended; null for every other status. */
export function endOfUnpaid({ status, expiresAt, updatedAt }: Order): Instant | null {
  if (status === "expired") return expiresAt
  return status === "cancelled" ? updatedAt : null
}
