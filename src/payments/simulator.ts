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

/** How to reach a simulator. */
export interface SimulatorConnection {
  /** Its address, without a slash at its end; asked for each time, because it may be about to listen. */
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
    // Null: it was made in the simulator's own pages.
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
const RefundAnswer = Type.Object({
  refund_id: Name,
  status: Type.Union([Type.Literal("pending"), Type.Literal("succeeded")]),
})
const PaymentAnswer = Type.Object({ status: Type.String(), order_id: Id, event: Type.Unknown() })
const ErrorAnswer = Type.Object({ error: Type.String() })

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

const ANSWER_WITHIN_MS = 5_000

/** The simulator of this project as a payment provider. For open mode only: its money is not real. */
export function simulatorProvider({ url, secret }: SimulatorConnection): PaymentProvider {
  async function ask(method: "GET" | "POST", path: string, { key, body }: Question = {}): Promise<Answer> {
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
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    return { status: answer.status, body: parsed(await answer.text()) }
  }

  return {
    name: "simulator",
    readWebhook: (message) => readWebhook(secret, message),
    // A cancellation looks at the payment first.
    callSeconds: (2 * ANSWER_WITHIN_MS) / 1_000,

    async refund(order) {
      try {
        return refundReport(await ask("POST", "/refunds", refundQuestion(order)))
      } catch (error) {
        return { status: "not now", error: `the simulator does not answer: ${String(error)}` }
      }
    },

    async cancel({ paymentId, orderId, idempotencyKey }) {
      const path = paymentPath(paymentId)
      const known = await ask("GET", path)
      const report = cancelReport(known, orderId)
      if (report !== null) return report
      const { status } = await ask("POST", `${path}/cancel`, { key: idempotencyKey })
      // Whatever else it says, such as that it has just ended in another way: it is asked again.
      return { status: status === 200 ? "over" : "not now" }
    },

    async lookUp({ paymentId }) {
      // Nobody can say while it does not answer.
      const answer = await ask("GET", paymentPath(paymentId)).catch(() => null)
      return answer?.status === 200 ? paymentReport(answer.body) : { status: "open" }
    },
  }
}

interface Question {
  readonly key?: string
  readonly body?: object
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

function readWebhook(secret: Buffer, { headers, body, bytes, nowSeconds }: WebhookMessage): WebhookReading {
  const signed = {
    id: single(headers["webhook-id"]),
    timestamp: single(headers["webhook-timestamp"]),
    signature: single(headers["webhook-signature"]),
  }
  const doubt = refuseSignature(secret, signed, bytes ?? body, nowSeconds)
  if (doubt !== null) return { kind: "not authentic", detail: doubt }
  const event = parsed(body)
  if (!Check(AnyEvent, event)) return notUnderstood("an event has an id and a type")
  const events = eventsOf(event)
  if (events === null) return notUnderstood(`this is no ${event.type} of the simulator`)
  return { kind: "events", events }
}

/** Null: it makes no sense. */
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

function refundQuestion(order: RefundInstruction): Question {
  const { paymentId, amountMinor, currency, refundId, idempotencyKey } = order
  const body = { payment_id: paymentId, amount_minor: amountMinor, currency, reference: refundId }
  return { key: idempotencyKey, body }
}

function refundReport({ status, body }: Answer): RefundReport {
  if (status === 200 && is(RefundAnswer, body)) {
    return { status: body.status === "pending" ? "sent" : "confirmed", providerRefundId: body.refund_id }
  }
  const error = `the simulator answered ${status}${is(ErrorAnswer, body) ? ` ${body.error}` : ""}`
  // What it has understood and refused it will refuse again; a wrong secret can be put right.
  return { status: status === 404 || status === 422 ? "failed" : "not now", error }
}

function paymentReport(body: unknown): PaymentReport {
  if (!is(PaymentAnswer, body)) return { status: "open" }
  if (body.status === "declined" || body.status === "cancelled") return { status: "over" }
  if (body.status !== "succeeded" || !is(PaymentMessage, body.event)) return { status: "open" }
  return { status: "succeeded", event: paymentEvent(body.event, "succeeded") }
}

/** Null: it may still succeed. */
function cancelReport({ status, body }: Answer, orderId: number): CancelReport | null {
  if (status === 404) return { status: "not ours" }
  if (status !== 200 || !is(PaymentAnswer, body)) return { status: "not now" }
  if (body.order_id !== orderId) return { status: "not ours" }
  const report = paymentReport(body)
  return report.status === "open" ? null : report
}

/** Payments of the simulator have no odd names; what has one is none of them. */
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
    // No JSON has no shape that is asked for below.
    return undefined
  }
}
