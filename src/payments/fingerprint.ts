import { hash } from "node:crypto"
import type { DisputeEvent, PaymentEvent } from "../domain/payment.ts"

/**
 * Adds the fingerprint: a digest of all members, in the order in which they are given. The members' names are part of
 * it, so renaming one would make an event that is delivered again look like another one.
 */
export function fingerprinted(event: Omit<PaymentEvent, "fingerprint" | "disputeId">): PaymentEvent {
  return { ...event, disputeId: null, fingerprint: digest(event) }
}

/** The members of a dispute event that its provider reports. */
export type DisputeContent = Pick<
  DisputeEvent,
  "provider" | "key" | "kind" | "paymentId" | "disputeId" | "amountMinor" | "currency"
>

/** Like {@link fingerprinted}, for an event about a dispute. */
export function fingerprintedDispute(content: DisputeContent): DisputeEvent {
  const notReported = { orderId: null, holdId: null, productId: null, quantity: null }
  return { ...content, ...notReported, fingerprint: digest(content) }
}

function digest(content: object): string {
  return hash("sha256", JSON.stringify(content), "base64url")
}
