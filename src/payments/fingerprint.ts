import { hash } from "node:crypto"
import type { PaymentEvent } from "../domain/payment.ts"

/** Completes an event with the digest of everything that it says, in the order in which it is given. */
export function fingerprinted(event: Omit<PaymentEvent, "fingerprint">): PaymentEvent {
  return { ...event, fingerprint: hash("sha256", JSON.stringify(event), "base64url") }
}
