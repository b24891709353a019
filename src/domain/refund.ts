import type { Instant } from "./time.ts"

/**
 * `due → sent → confirmed | failed`; what needs no provider goes straight to `confirmed`. A provider may
 * take a confirmation back (`confirmed → failed`), as card networks do with closed cards. `withheld`: it is not
 * sent, because the buyer's bank takes the payment back.
 */
export type RefundStatus = "due" | "sent" | "confirmed" | "failed" | "withheld"

/**
 * Why money goes back.
 *
 * Most are decided when a payment comes (payment-decision.ts). `requested`: the shop asked for it here; `elsewhere`: in
 * another place, such as the provider's dashboard. `sold_out` is not given any more: only refunds from before
 * `units_not_available` have it, which says the same without claiming that units which are only held are sold.
 */
export type RefundReason =
  | "amount_too_low"
  | "amount_too_high"
  | "wrong_currency"
  | "second_payment"
  | "paid_too_late"
  | "sale_over"
  | "customer_limit_reached"
  | "sold_out"
  | "units_not_available"
  | "requested"
  | "elsewhere"

/** The `lastError` of a refund that is withheld. */
export const WITHHELD = "disputed"

/** Also of one that a server of the last version has withheld: it called that `failed`. */
export function isWithheld({ status, lastError }: Pick<Refund, "status" | "lastError">): boolean {
  return status === "withheld" || (status === "failed" && lastError === WITHHELD)
}

/** Money that has to go back to whoever paid it, and units that are on offer again with it. */
export interface Refund {
  readonly productId: number
  readonly orderId: number
  /** Counts the order's refunds from 1; with the order's id it names the refund. */
  readonly number: number
  /** The payment it gives back: its provider, the event that told of it, and the provider's name for it. */
  readonly provider: string
  readonly eventKey: string
  readonly paymentId: string | null
  /** 0: only units are put on offer again. */
  readonly amountMinor: number
  readonly currency: string
  readonly reason: RefundReason
  readonly restockQty: number
  readonly status: RefundStatus
  /** It is not sent earlier: what is too little may still be made good until the order's end. */
  readonly notBefore: Instant
  readonly attempts: number
  readonly lastError: string | null
  readonly providerRefundId: string | null
  /** How often it has failed after it had been confirmed. */
  readonly reversals: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** One name for a refund's two-part identity, also on the wire. */
export function refundName(orderId: number, number: number): string {
  return `${orderId}-${number}`
}
