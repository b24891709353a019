import type { Instant } from "./time.ts"
import { hasPassed } from "./time.ts"

/** `pending_payment → paid | cancelled | expired`, `paid → refunded`. */
export type OrderStatus = "pending_payment" | "paid" | "cancelled" | "expired" | "refunded"

/** Who made the order: the buyer, or a payment event that arrived before the buyer's request. */
export type OrderOrigin = "buyer" | "payment_event"

/** A purchase made from one hold, at the price of that moment. */
export interface Order {
  readonly id: number
  readonly productId: number
  readonly holdId: number
  readonly customerId: string | null
  readonly quantity: number
  readonly unitPriceMinor: number
  readonly totalMinor: number
  readonly currency: string
  readonly status: OrderStatus
  readonly origin: OrderOrigin
  /** From this moment on an unpaid order is over and its units come back (I6). */
  readonly expiresAt: Instant
  readonly paidAt: Instant | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** True when the order still waits for payment although its time is over. */
export function isDueOrder(order: Order, now: Instant): boolean {
  return order.status === "pending_payment" && hasPassed(order.expiresAt, now)
}
