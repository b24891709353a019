import type { OrderLine } from "./lines.ts"
import type { ShopFields } from "./shop-fields.ts"
import type { Instant } from "./time.ts"
import { hasPassed } from "./time.ts"

/**
 * `pending_payment → paid | cancelled | expired`, `paid → refunded`. Late money: `cancelled | expired → paid`.
 * A refund of the price that fails after it was confirmed: `refunded → paid`.
 */
export type OrderStatus = "pending_payment" | "paid" | "cancelled" | "expired" | "refunded"

/** `payment_event`: a payment event that arrived before the buyer's request has made the order. */
export type OrderOrigin = "buyer" | "payment_event"

/** A purchase made from one hold, at the hold's price. */
export interface Order extends ShopFields {
  readonly id: number
  readonly productId: number
  readonly holdId: number
  readonly customerId: string | null
  /** As of its hold. */
  readonly claimants: readonly string[] | null
  readonly qty: number
  /** How its units are spread over the product's variants; null: it has none. */
  readonly lines: readonly OrderLine[] | null
  /** Null: the prices of its lines differ. */
  readonly unitPriceMinor: number | null
  readonly totalMinor: number
  readonly currency: string
  readonly status: OrderStatus
  readonly origin: OrderOrigin
  /** From this moment on an unpaid order counts as expired and its units may be returned (I6). */
  readonly expiresAt: Instant
  readonly paidAt: Instant | null
  /** True: the order was paid after it had expired or been cancelled, with units that were still available. */
  readonly late: boolean
  /** How many units of the order were restocked, which makes them available again. */
  readonly restockedQty: number
  /** How many refunds the order has; the next refund's number is one more. */
  readonly refundCount: number
  /** How many times the buyer has begun to pay. */
  readonly paymentAttempts: number
  /** The payment that the page has named last, about which its provider can be asked; null: the page has named none. */
  readonly attempt: PaymentAttempt | null
  /**
   * JSON pointers to details that the product required and that are not there; null: nothing is missing. As the product
   * asked when the order was made or its details last changed.
   */
  readonly missingDetails: readonly string[] | null
  /** True: the deadline was extended because the provider could not say whether the order is paid. */
  readonly awaited: boolean
  /** The language in which the buyer has ordered, such as `de`; null: not known. Mails are written in it. */
  readonly language: string | null
  readonly createdAt: Instant
  /** When the order's status or deadline last changed. */
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
