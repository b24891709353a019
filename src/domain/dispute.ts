import type { Instant } from "./time.ts"

/** `open → won | lost`, `won → lost`: a bank may still take back a dispute that was won; a lost one is final. */
export type DisputeStatus = "open" | "won" | "lost"

/** A claim by which a buyer's bank takes money of a payment back (a chargeback). */
export interface Dispute {
  readonly productId: number
  readonly orderId: number
  readonly provider: string
  /** The provider's id of the dispute. */
  readonly disputeId: string
  /** The disputed payment: the key of the event that reported it, and the provider's id. */
  readonly eventKey: string
  readonly paymentId: string
  /** The amount that the bank claims; the whole payment if the provider gives none, or one in another currency. */
  readonly amountMinor: number
  readonly currency: string
  /**
   * The part of the claim that counts in the payment's `disputedMinor`: no more than refunds and other
   * disputes have left of the payment, and 0 once the dispute is won.
   */
  readonly heldMinor: number
  readonly status: DisputeStatus
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** The key of a dispute in maps, joined from the three parts of its identity. */
export function disputeName(provider: string, eventKey: string, disputeId: string): string {
  return `${provider}\n${eventKey}\n${disputeId}`
}

/**
 * True when the bank claims more than the refunds have left of the payment. The bank then gives the buyer the
 * money of refunds that are not sent yet, so sending them would pay the buyer twice.
 */
export function coversRefunds({ status, amountMinor, heldMinor }: Dispute): boolean {
  return status !== "won" && amountMinor > heldMinor
}
