import type { PaymentEvent, PaymentEventKind } from "../domain/payment.ts"
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
    currency: body.currency ?? null,
    holdId: body.hold_id ?? null,
    productId: body.product_id ?? null,
    quantity: body.quantity ?? null,
  })
}
