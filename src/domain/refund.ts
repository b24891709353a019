import type { Instant } from "./time.ts"

/**
 * `due → sent → confirmed | failed`; a refund that only restocks units is `confirmed` at once. A confirmed
 * refund may fail later (`confirmed → failed`), as card networks do with closed cards. `withheld`: the refund is not
 * sent, because the buyer's bank takes the payment back.
 */
export type RefundStatus = "due" | "sent" | "confirmed" | "failed" | "withheld"

/**
 * Why money is refunded.
 *
 * Most reasons are decided when a payment arrives (payment-decision.ts). `requested`: the shop requested the
 * refund in Doorbuster. `elsewhere`: the refund was made outside Doorbuster, such as in the provider's dashboard.
 * `sold_out` is no longer given: refunds made before `units_not_available` have it, although units that are
 * only held are not sold.
 */
export type RefundReason =
  | "amount_too_low"
  | "amount_too_high"
  | "wrong_currency"
  | "second_payment"
  | "paid_too_late"
  | "sale_over"
  | "customer_limit_reached"
  | "access_code_used_up"
  | "sold_out"
  | "units_not_available"
  | "requested"
  | "elsewhere"

/** The `lastError` of a withheld refund. */
export const WITHHELD = "disputed"

/** True for a withheld refund, also for one that a server of an earlier version withheld as `failed`. */
export function isWithheld({ status, lastError }: Pick<Refund, "status" | "lastError">): boolean {
  return status === "withheld" || (status === "failed" && lastError === WITHHELD)
}

/** Money to be refunded to the buyer, and the units restocked with it. */
export interface Refund {
  readonly productId: number
  readonly orderId: number
  /** Counts the order's refunds from 1; the order's id and this number identify the refund. */
  readonly number: number
  /** The refunded payment: its provider, the key of the event that reported it, and the provider's id. */
  readonly provider: string
  readonly eventKey: string
  readonly paymentId: string | null
  /** 0: the refund only restocks units. */
  readonly amountMinor: number
  readonly currency: string
  readonly reason: RefundReason
  readonly restockQty: number
  readonly status: RefundStatus
  /**
   * The earliest time to send the refund: after too low a payment, the buyer may still pay the order until its
   * deadline.
   */
  readonly notBefore: Instant
  readonly attempts: number
  readonly lastError: string | null
  readonly providerRefundId: string | null
  /** How many times the refund has failed after it was confirmed. */
  readonly reversals: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** The id of a refund on the wire and the key in maps, such as `17-1`: the order's id and the refund's number. */
export function refundName(orderId: number, number: number): string {
  return `${orderId}-${number}`
}
