// Verifies the address by which Doorbuster leads a buyer to the shop's payment page (PAYMENT_URL), in Node.
import { createHmac, timingSafeEqual } from "node:crypto"

/** Returns the parameters of the query, or null where the signature is not valid. `query`: what follows `?`, as it was received. */
export function verifyPaymentLink(secret, query) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64")
  if (key.length === 0) throw new Error("the webhook secret is whsec_ and a key in base64")
  const [signed = "", signature = ""] = query.split("&signature=")
  const expected = createHmac("sha256", key).update(signed).digest()
  const given = Buffer.from(signature, "hex")
  const isValid = given.length === expected.length && timingSafeEqual(given, expected)
  return isValid ? new URLSearchParams(signed) : null
}
