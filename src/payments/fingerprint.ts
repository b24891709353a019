import { hash } from "node:crypto"
import type { DisputeEvent, PaymentEvent } from "../domain/payment.ts"

/** Completes an event with the digest of everything that it says, in the order in which it is given. */
export function fingerprinted(event: Omit<PaymentEvent, "fingerprint" | "disputeId">): PaymentEvent {
  return { ...event, disputeId: null, fingerprint: digest(event) }
}

/** What a provider says of a dispute. */
export type DisputeContent = Pick<
  DisputeEvent,
  "provider" | "key" | "kind" | "paymentId" | "disputeId" | "amountMinor" | "currency"
>

/** As {@link fingerprinted}, for an event about a dispute. */
export function fingerprintedDispute(said: DisputeContent): DisputeEvent {
  const nothing = { orderId: null, holdId: null, productId: null, quantity: null }
  return { ...said, ...nothing, fingerprint: digest(said) }
}

function digest(content: object): string {
  return hash("sha256", JSON.stringify(content), "base64url")
}
