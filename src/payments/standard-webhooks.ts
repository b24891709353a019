import { createHmac, timingSafeEqual } from "node:crypto"

/** The headers of a Standard Webhooks message, not checked yet. */
export interface WebhookHeaders {
  readonly id: string | undefined
  /** Seconds since the epoch, in decimal. */
  readonly timestamp: string | undefined
  /** One or more `v1,<base64>` separated by spaces; several while keys are rotated. */
  readonly signature: string | undefined
}

/** How far a message's time may be from the server's: an older message may be a replay. */
const TOLERANCE_SECONDS = 300

/**
 * Checks the signature and the age of a message. Returns why it is refused, or null when it is valid. A body given as
 * bytes is checked as it was received, even if it is not UTF-8.
 */
export function refuseSignature(
  key: Buffer,
  headers: WebhookHeaders,
  body: string | Buffer,
  nowSeconds: number,
): string | null {
  const { id, timestamp, signature } = headers
  if (id === undefined || timestamp === undefined || signature === undefined) {
    return "webhook-id, webhook-timestamp and webhook-signature are required"
  }
  if (!/^\d{1,12}$/.test(timestamp)) return "webhook-timestamp is not a number of seconds"
  if (Math.abs(nowSeconds - Number(timestamp)) > TOLERANCE_SECONDS) {
    return `webhook-timestamp is more than ${TOLERANCE_SECONDS} seconds away`
  }
  const expected = digest(key, { id, timestamp }, body)
  const isValid = signature.split(" ").some((candidate) => isSignature(candidate, expected))
  return isValid ? null : "no signature matches"
}

/** Signs a message; returns its `webhook-signature`. */
export function signWebhook(
  key: Buffer,
  message: { readonly id: string; readonly timestamp: string },
  body: string,
): string {
  return `v1,${digest(key, message, body).toString("base64")}`
}

function digest(
  key: Buffer,
  { id, timestamp }: { id: string; timestamp: string },
  body: string | Buffer,
): Buffer {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest()
}

function isSignature(candidate: string, expected: Buffer): boolean {
  const [version, encoded = ""] = candidate.split(",")
  if (version !== "v1") return false
  const given = Buffer.from(encoded, "base64")
  return given.length === expected.length && timingSafeEqual(given, expected)
}
