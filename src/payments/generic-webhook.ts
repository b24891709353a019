import { hash } from "node:crypto"
import { NO_ORDER, type PaymentEvent, type PaymentEventKind } from "../domain/payment.ts"
import { fingerprinted } from "./fingerprint.ts"

/** The body of the generic payment webhook, after its schema has been checked. */
export interface GenericWebhookBody {
  idempotency_key?: string
  transaction_id?: string
  order_id: number
  status: WebhookStatus
  amount_minor?: number
  currency?: string
  payment_id?: string
  hold_id?: number
  product_id?: number
  quantity?: number
}

/** Every accepted spelling of a result. */
export type WebhookStatus = keyof typeof kindByStatus

const kindByStatus = {
  success: "succeeded",
  succeeded: "succeeded",
  paid: "succeeded",
  failed: "failed",
  failure: "failed",
  cancelled: "cancelled",
  canceled: "cancelled",
} as const satisfies Record<string, PaymentEventKind>

/** The accepted spellings, for the schema. */
export const webhookStatuses = Object.keys(kindByStatus) as WebhookStatus[]

/**
 * Converts the body of a generic webhook into an event. Its key is the body's `idempotency_key` or `transaction_id`,
 * else the `webhook-id` header. Returns null when there is no key, or when the body has two different ones.
 */
export function genericPaymentEvent(
  body: GenericWebhookBody,
  headerKey: string | undefined,
): PaymentEvent | null {
  const { idempotency_key, transaction_id } = body
  if (idempotency_key !== undefined && transaction_id !== undefined && idempotency_key !== transaction_id) {
    return null
  }
  const key = idempotency_key ?? transaction_id ?? headerKey
  if (key === undefined) return null

  return fingerprinted({
    provider: "generic",
    key,
    kind: kindByStatus[body.status],
    orderId: body.order_id,
    paymentId: body.payment_id ?? null,
    amountMinor: body.amount_minor ?? null,
    currency: body.currency?.toUpperCase() ?? null,
    holdId: body.hold_id ?? null,
    productId: body.product_id ?? null,
    quantity: body.quantity ?? null,
  })
}

/**
 * Makes the event that records a message whose content is not valid: enough for the shop to find the payment at its
 * provider, and without an order that it could change. Unless its status says otherwise, it counts as a success,
 * because it may be about money.
 *
 * Its key is the digest of the message's bytes. The key in the message stays unused, for a valid message that may
 * follow.
 */
export function unclearPaymentEvent(message: unknown, bytes: Buffer): PaymentEvent {
  const members: Readonly<Record<string, unknown>> =
    typeof message === "object" && message !== null ? { ...message } : {}
  const { status, amount_minor: amount, currency } = members
  const ids = [members["payment_id"], members["transaction_id"], members["idempotency_key"]]
  const digest = hash("sha256", bytes, "base64url")
  return {
    provider: "generic",
    key: `unclear-${digest}`,
    fingerprint: digest,
    kind: isStatus(status) ? kindByStatus[status] : "succeeded",
    orderId: NO_ORDER,
    paymentId: ids.find(isStorableId) ?? null,
    amountMinor: isAmount(amount) ? amount : null,
    currency: isCurrency(currency) ? currency.toUpperCase() : null,
    holdId: null,
    productId: null,
    quantity: null,
    disputeId: null,
  }
}

function isStatus(value: unknown): value is WebhookStatus {
  return typeof value === "string" && Object.hasOwn(kindByStatus, value)
}

/** True for a text that the database can store as an id: no control characters, and at most 255 characters. */
function isStorableId(value: unknown): value is string {
  return typeof value === "string" && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(value)
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isCurrency(value: unknown): value is string {
  return typeof value === "string" && /^[a-z]{3}$/i.test(value)
}
