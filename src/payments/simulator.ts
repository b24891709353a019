import { Type, type Static, type TSchema } from "typebox"
import { Check } from "typebox/value"
import type { DisputeEvent, DisputeEventKind, PaymentEvent, PaymentEventKind } from "../domain/payment.ts"
import type {
  CancelReport,
  PaymentProvider,
  PaymentReport,
  ProviderEvent,
  WebhookReading,
  RefundUpdate,
  RefundInstruction,
  RefundReport,
  WebhookMessage,
} from "./provider.ts"
import { fingerprinted, fingerprintedDispute } from "./fingerprint.ts"
import { refuseSignature } from "./standard-webhooks.ts"

/** The address and the secret of a simulator. */
export interface SimulatorConnection {
  /** The address, without a slash at its end; asked for at each call, because the simulator may not listen yet. */
  readonly url: () => string
  readonly secret: Buffer
}

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: "^[\\x20-\\x7e]+$" })
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const AnyEvent = Type.Object({ id: Name, type: Name })
const PaymentMessage = Type.Object({
  id: Name,
  payment: Type.Object({
    payment_id: Name,
    order_id: Id,
    amount_minor: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    currency: Type.String({ pattern: "^[A-Z]{3}$" }),
    hold_id: Type.Optional(Id),
    product_id: Type.Optional(Id),
    quantity: Type.Optional(Id),
  }),
})
const RefundMessage = Type.Object({
  refund: Type.Object({
    refund_id: Name,
    // Null for a refund that was made in the simulator's dashboard.
    reference: Type.Union([Name, Type.Null()]),
    payment_id: Name,
    amount_minor: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    currency: Type.String({ pattern: "^[A-Z]{3}$" }),
    error: Type.Union([Type.String(), Type.Null()]),
  }),
})
const DisputeMessage = Type.Object({
  id: Name,
  dispute: Type.Object({
    dispute_id: Name,
    payment_id: Name,
    amount_minor: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    currency: Type.String({ pattern: "^[A-Z]{3}$" }),
  }),
})
const RefundBody = Type.Object({
  refund_id: Name,
  status: Type.Union([Type.Literal("pending"), Type.Literal("succeeded")]),
})
const PaymentBody = Type.Object({ status: Type.String(), order_id: Id, event: Type.Unknown() })
const ErrorBody = Type.Object({ error: Type.String() })

const kindByType = new Map<string, PaymentEventKind>([
  ["payment.succeeded", "succeeded"],
  ["payment.failed", "failed"],
  ["payment.cancelled", "cancelled"],
])

const disputeKindByType = new Map<string, DisputeEventKind>([
  ["dispute.opened", "dispute_opened"],
  ["dispute.won", "dispute_won"],
  ["dispute.lost", "dispute_lost"],
])

const TIMEOUT_MS = 5_000

/** Makes the payment provider of Doorbuster's own simulator. For open mode only, because no real money is involved. */
export function simulatorProvider({ url, secret }: SimulatorConnection): PaymentProvider {
  async function call(
    method: "GET" | "POST",
    path: string,
    { key, body }: CallOptions = {},
  ): Promise<HttpAnswer> {
    const headers = {
      authorization: `Bearer ${secret.toString("base64")}`,
      ...(key !== undefined && { "idempotency-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
    }
    const answer = await fetch(`${url()}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return { status: answer.status, body: parsed(await answer.text()) }
  }

  return {
    name: "simulator",
    readWebhook: (message) => readWebhook(secret, message),
    // A cancellation makes two calls: it looks the payment up first.
    callSeconds: (2 * TIMEOUT_MS) / 1_000,

    async refund(instruction) {
      try {
        return refundReport(await call("POST", "/refunds", refundCall(instruction)))
      } catch (error) {
        return { status: "not now", error: `the simulator does not answer: ${String(error)}` }
      }
    },

    async cancel({ paymentId, orderId, idempotencyKey }) {
      const path = paymentPath(paymentId)
      const known = await call("GET", path)
      const report = cancelReport(known, orderId)
      if (report !== null) return report
      const { status } = await call("POST", `${path}/cancel`, { key: idempotencyKey })
      // Any other status, such as that of a payment that has just ended in another way, is asked about again.
      return { status: status === 200 ? "over" : "not now" }
    },

    async lookUp({ paymentId }) {
      // The payment may still be open while the simulator does not answer.
      const answer = await call("GET", paymentPath(paymentId)).catch(() => null)
      return answer?.status === 200 ? paymentReport(answer.body) : { status: "open" }
    },
  }
}

interface CallOptions {
  /** The `Idempotency-Key`. */
  readonly key?: string
  readonly body?: object
}

interface HttpAnswer {
  readonly status: number
  readonly body: unknown
}

function readWebhook(secret: Buffer, { headers, body, bytes, nowSeconds }: WebhookMessage): WebhookReading {
  const signed = {
    id: single(headers["webhook-id"]),
    timestamp: single(headers["webhook-timestamp"]),
    signature: single(headers["webhook-signature"]),
  }
  const refusal = refuseSignature(secret, signed, bytes ?? body, nowSeconds)
  if (refusal !== null) return { kind: "not authentic", detail: refusal }
  const event = parsed(body)
  if (!Check(AnyEvent, event)) return notUnderstood("the event has no id or no type")
  const events = eventsOf(event)
  if (events === null) return notUnderstood(`the members of this ${event.type} event are not valid`)
  return { kind: "events", events }
}

/** Null if the members of the event are not valid. */
function eventsOf(event: Static<typeof AnyEvent>): ProviderEvent[] | null {
  const kind = kindByType.get(event.type)
  if (kind !== undefined) {
    return Check(PaymentMessage, event) ? [{ about: "payment", event: paymentEvent(event, kind) }] : null
  }
  const disputeKind = disputeKindByType.get(event.type)
  if (disputeKind !== undefined) {
    return Check(DisputeMessage, event)
      ? [{ about: "dispute", event: disputeEvent(event, disputeKind) }]
      : null
  }
  const isConfirmed = event.type === "refund.succeeded"
  if (!isConfirmed && event.type !== "refund.failed") return []
  if (!Check(RefundMessage, event)) return null
  return [{ about: "refund", refund: refundUpdate(event, isConfirmed ? "confirmed" : "failed") }]
}

function paymentEvent({ id, payment }: Static<typeof PaymentMessage>, kind: PaymentEventKind): PaymentEvent {
  return fingerprinted({
    provider: "simulator",
    key: id,
    kind,
    orderId: payment.order_id,
    paymentId: payment.payment_id,
    amountMinor: payment.amount_minor,
    currency: payment.currency,
    holdId: payment.hold_id ?? null,
    productId: payment.product_id ?? null,
    quantity: payment.quantity ?? null,
  })
}

function disputeEvent({ id, dispute }: Static<typeof DisputeMessage>, kind: DisputeEventKind): DisputeEvent {
  return fingerprintedDispute({
    provider: "simulator",
    key: id,
    kind,
    paymentId: dispute.payment_id,
    disputeId: dispute.dispute_id,
    amountMinor: dispute.amount_minor,
    currency: dispute.currency,
  })
}

function refundUpdate(
  { refund }: Static<typeof RefundMessage>,
  status: RefundUpdate["status"],
): RefundUpdate {
  return {
    refundId: refund.reference,
    paymentId: refund.payment_id,
    status,
    providerRefundId: refund.refund_id,
    amountMinor: refund.amount_minor,
    currency: refund.currency,
    error: refund.error,
  }
}

function refundCall(instruction: RefundInstruction): CallOptions {
  const { paymentId, amountMinor, currency, refundId, idempotencyKey } = instruction
  const body = { payment_id: paymentId, amount_minor: amountMinor, currency, reference: refundId }
  return { key: idempotencyKey, body }
}

function refundReport({ status, body }: HttpAnswer): RefundReport {
  if (status === 200 && is(RefundBody, body)) {
    return { status: body.status === "pending" ? "sent" : "confirmed", providerRefundId: body.refund_id }
  }
  const error = `the simulator answered ${status}${is(ErrorBody, body) ? ` ${body.error}` : ""}`
  // A refusal of the content is final; a wrong secret can be corrected.
  return { status: status === 404 || status === 422 ? "failed" : "not now", error }
}

function paymentReport(body: unknown): PaymentReport {
  if (!is(PaymentBody, body)) return { status: "open" }
  if (body.status === "declined" || body.status === "cancelled") return { status: "over" }
  if (body.status !== "succeeded" || !is(PaymentMessage, body.event)) return { status: "open" }
  return { status: "succeeded", event: paymentEvent(body.event, "succeeded") }
}

/** Null if the payment may still succeed. */
function cancelReport({ status, body }: HttpAnswer, orderId: number): CancelReport | null {
  if (status === 404) return { status: "not ours" }
  if (status !== 200 || !is(PaymentBody, body)) return { status: "not now" }
  if (body.order_id !== orderId) return { status: "not ours" }
  const report = paymentReport(body)
  return report.status === "open" ? null : report
}

/** The id comes from a buyer's page, so it is encoded: the simulator knows no payment with special characters. */
function paymentPath(paymentId: string): string {
  return `/payments/${encodeURIComponent(paymentId)}`
}

function is<Schema extends TSchema>(schema: Schema, value: unknown): value is Static<Schema> {
  return Check(schema, value)
}

function notUnderstood(detail: string): WebhookReading {
  return { kind: "not understood", detail }
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No schema accepts undefined, so text that is not JSON is refused there.
    return undefined
  }
}
