import type { Instant } from "./time.ts"

/** `open → won | lost`, `won → lost`: what a bank has said last may be taken back, what is lost stays so. */
export type DisputeStatus = "open" | "won" | "lost"

/** A buyer's bank takes money of a payment back (a chargeback). */
export interface Dispute {
  readonly productId: number
  readonly orderId: number
  readonly provider: string
  /** The provider's name for it. */
  readonly disputeId: string
  /** The payment that it takes back: the event that told of it, and the provider's name for it. */
  readonly eventKey: string
  readonly paymentId: string
  /** What the bank claims; all of the payment, when nobody said how much or it is another currency. */
  readonly amountMinor: number
  readonly currency: string
  /**
   * What of it counts in the payment's `disputedMinor`: no more than was left beside its refunds, and
   * nothing once it is won.
   */
  readonly heldMinor: number
  readonly status: DisputeStatus
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** One name for a dispute's three-part identity. */
export function disputeName(provider: string, eventKey: string, disputeId: string): string {
  return `${provider}\n${eventKey}\n${disputeId}`
}

/**
 * True when the bank takes more than is left beside the refunds: what is not sent of them yet, the buyer
 * gets from his bank.
 */
export function coversRefunds({ status, amountMinor, heldMinor }: Dispute): boolean {
  return status !== "won" && amountMinor > heldMinor
}
