import type { FastifyRequest } from "fastify"
import { Type } from "typebox"
import type { RecordedEvent } from "../../../domain/commands.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import {
  genericPaymentEvent,
  unclearPaymentEvent,
  webhookStatuses,
  type WebhookStatus,
} from "../../../payments/generic-webhook.ts"
import { refuseSignature } from "../../../payments/standard-webhooks.ts"
import { fieldError } from "../../transport/errors.ts"
import { NotUtf8, utf8Text } from "../../transport/json-body.ts"
import { refuse, type FieldError } from "../../wire/problems.ts"
import { PROVIDER_BODY_LIMIT_BYTES, tellRefusedWebhooks } from "./refused-webhooks.ts"
import { PaymentAnswer } from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { AmountMinor, Id, Label, Quantity } from "../../../wire/fields.ts"
import type { App, Services } from "../../services.ts"

/** Of other fields nothing is read: providers add some whenever they like, and the payment counts all the same. */
const WebhookBody = Type.Object({
  idempotency_key: Type.Optional(Label),
  transaction_id: Type.Optional(Label),
  order_id: Id,
  status: Type.Unsafe<WebhookStatus>({ type: "string", enum: webhookStatuses }),
  amount_minor: Type.Optional(AmountMinor),
  currency: Type.Optional(Type.String({ pattern: "^[A-Za-z]{3}$" })),
  payment_id: Type.Optional(Label),
  hold_id: Type.Optional(Id),
  product_id: Type.Optional(Id),
  quantity: Type.Optional(Quantity),
})

const noKey = {
  pointer: "/idempotency_key",
  detail: "is required, once: as idempotency_key, as transaction_id, or in the webhook-id header",
} as const

const noBody = { code: "invalid_request", errors: [{ pointer: "", detail: "must be object" }] } as const

declare module "fastify" {
  interface FastifyRequest {
    /** The body of a generic webhook as it came. */
    paymentBytes: Buffer | null
  }
}

/**
 * The inbox of the generic payment provider. The signature is checked over the bytes as they came,
 * before anything else about the body is looked at.
 */
export function paymentRoutes(app: App, services: Services): void {
  const { paymentEvents, events, paymentWebhookSecret } = services
  function signatureRefusal(request: FastifyRequest, bytes: Buffer): string | null {
    if (paymentWebhookSecret === null) return null
    const headers = {
      id: header(request.headers["webhook-id"]),
      timestamp: header(request.headers["webhook-timestamp"]),
      signature: header(request.headers["webhook-signature"]),
    }
    return refuseSignature(paymentWebhookSecret, headers, bytes, Date.now() / 1000)
  }

  void app.register(async (inbox: App) => {
    tellRefusedWebhooks(inbox, events, (request) => ({
      provider: "generic",
      webhookId: header(request.headers["webhook-id"])?.slice(0, 255),
    }))
    inbox.decorateRequest("paymentBytes", null)
    const parse = inbox.getDefaultJsonParser("error", "error")
    const parsedBody = (request: FastifyRequest, text: string) =>
      new Promise<unknown>((resolve, reject) => {
        if (text.trim() === "") return resolve(undefined)
        void parse(request, text, (error, value) => (error === null ? resolve(value) : reject(error)))
      })
    inbox.removeContentTypeParser("application/json")
    inbox.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, bytes, done) =>
      done(null, bytes),
    )

    inbox.route({
      method: "POST",
      url: "/api/payments/webhook",
      bodyLimit: PROVIDER_BODY_LIMIT_BYTES,
      // What does not fit the schema is parked, not refused.
      attachValidation: true,
      schema: {
        summary: "Report the result of a payment",
        description:
          "The request must be signed according to Standard Webhooks if PAYMENT_WEBHOOK_SECRET is set. Unknown fields are ignored. 202: the event is parked until its order exists; with `errors`, the message could not be understood and is parked in the money inbox.",
        tags: ["payments"],
        body: WebhookBody,
        response: { 200: PaymentAnswer, 202: PaymentAnswer, ...problemResponses },
      },
      async preValidation(request, reply) {
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const detail = signatureRefusal(request, bytes)
        if (detail !== null) {
          events.refused("payment_event", "invalid_signature")
          return refuse(reply, { code: "invalid_signature", detail })
        }
        const text = utf8Text(bytes)
        if (text === null) throw new NotUtf8()
        // What it is, its schema says next.
        request.body = (await parsedBody(request, text)) as typeof request.body
        request.paymentBytes = bytes
        return request.body === undefined ? refuse(reply, noBody) : undefined
      },
      async handler(request, reply) {
        const webhookId = header(request.headers["webhook-id"])
        const faults = request.validationError?.validation?.map(fieldError) ?? []
        const understood = faults.length > 0 ? null : genericPaymentEvent(request.body, usableKey(webhookId))
        const event = understood ?? unclearPaymentEvent(request.body, request.paymentBytes ?? Buffer.alloc(0))

        const outcome = await paymentEvents.receive(event, request.id)
        if (isRefusal(outcome)) {
          events.refused("payment_event", outcome.code)
          return refuse(reply, outcome)
        }
        void reply.code(isNewlyParked(outcome) ? 202 : 200)
        if (understood !== null) return reply.send(paymentAnswer(outcome, event.orderId))
        const errors = faults.length > 0 ? faults : [noKey]
        if (!outcome.duplicate) tellUnclear(event.key, errors, request)
        return reply.send({ ...paymentAnswer(outcome, null), errors })
      },
    })
  })

  function tellUnclear(key: string, errors: readonly FieldError[], request: FastifyRequest): void {
    const reason = errors.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join("; ")
    const webhookId = header(request.headers["webhook-id"])?.slice(0, 255)
    events.webhookUnclear({ provider: "generic", key, reason, webhookId, requestId: request.id })
  }
}

function isNewlyParked({ event, duplicate }: RecordedEvent): boolean {
  return event.outcome === "parked" && !duplicate
}

function paymentAnswer({ event, duplicate }: RecordedEvent, namedOrderId: number | null) {
  return {
    message: "ok",
    processed: event.outcome !== "parked",
    duplicate,
    order_id: event.appliedOrderId ?? namedOrderId,
    status: event.orderStatus,
    outcome: event.outcome,
    ...(event.late && { late: true as const }),
  }
}

function header(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined
}

/** A key from a header obeys the rules of one in the body. */
function usableKey(key: string | undefined): string | undefined {
  return key !== undefined && /^[\x20-\x7e]{1,255}$/.test(key) ? key : undefined
}
