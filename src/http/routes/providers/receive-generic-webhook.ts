import type { FastifyRequest } from "fastify"
import { Type } from "typebox"
import type { RecordedEvent } from "../../../domain/commands.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import type { Events } from "../../../events/events.ts"
import {
  genericPaymentEvent,
  unclearPaymentEvent,
  webhookStatuses,
  type WebhookStatus,
} from "../../../payments/generic-webhook.ts"
import { refuseSignature } from "../../../payments/standard-webhooks.ts"
import { fieldError } from "../../transport/errors.ts"
import { NotUtf8, utf8Text } from "../../transport/json-body.ts"
import { createKeepMessage } from "./kept-messages.ts"
import { refuse, type FieldError } from "../../wire/problems.ts"
import { PROVIDER_BODY_LIMIT_BYTES } from "./body-limit.ts"
import { logRefusedWebhooks } from "./refused-webhooks.ts"
import { PaymentAnswer } from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { AmountMinor, Id, Label, Quantity } from "../../../wire/fields.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"

/** Other fields have no effect: providers add fields at any time, and the payment counts all the same. */
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
    /** The body of a generic webhook as it was received. */
    paymentBytes: Buffer | null
  }
}

/**
 * Registers `POST /api/payments/webhook`, for a payment provider without an adapter. The signature is checked over the
 * received bytes before the body is parsed.
 */
export function registerReceiveGenericWebhook(
  app: App,
  {
    paymentEvents,
    inbox: eventInbox,
    events,
    paymentWebhookSecret,
  }: Pick<Services, "paymentEvents" | "inbox" | "events" | "paymentWebhookSecret">,
): void {
  const keepMessage = createKeepMessage({ inbox: eventInbox, events })
  void app.register(async (inbox: App) => {
    logRefusedWebhooks(inbox, events, (request) => ({ provider: "generic", webhookId: webhookIdOf(request) }))
    inbox.decorateRequest("paymentBytes", null)
    const parseJson = jsonParserOf(inbox)
    inbox.removeContentTypeParser("application/json")
    inbox.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, bytes, done) =>
      done(null, bytes),
    )

    inbox.route({
      method: "POST",
      url: "/api/payments/webhook",
      bodyLimit: PROVIDER_BODY_LIMIT_BYTES,
      // A body that does not match the schema is parked, not refused.
      attachValidation: true,
      schema: {
        summary: "Report the result of a payment",
        description:
          "When PAYMENT_WEBHOOK_SECRET is set, the message must be signed as Standard Webhooks specifies. Unknown fields have no effect, but a message that contains any is kept for the operator. 202: the message was parked. If the answer has `errors`, the message could not be understood and waits in the money inbox; otherwise it waits until its order exists.",
        tags: ["payments"],
        body: WebhookBody,
        response: { 200: PaymentAnswer, 202: PaymentAnswer, ...problemResponses },
      },
      async preValidation(request, reply) {
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const detail = signatureRefusal(paymentWebhookSecret, request, bytes)
        if (detail !== null) {
          events.refused("payment_event", "invalid_signature")
          return refuse(reply, { code: "invalid_signature", detail })
        }
        const text = utf8Text(bytes)
        if (text === null) throw new NotUtf8()
        // Any JSON: the schema is checked next.
        request.body = (await parseJson(request, text)) as typeof request.body
        request.paymentBytes = bytes
        return request.body === undefined ? refuse(reply, noBody) : undefined
      },
      async handler(request, reply) {
        const key = usableKey(header(request, "webhook-id"))
        const faults = request.validationError?.validation?.map(fieldError) ?? []
        const understood = faults.length > 0 ? null : genericPaymentEvent(request.body, key)
        const bytes = request.paymentBytes ?? Buffer.alloc(0)
        const event = understood ?? unclearPaymentEvent(request.body, bytes)

        const outcome = await paymentEvents.receive(event, request.id)
        if (isRefusal(outcome)) {
          events.refused("payment_event", outcome.code)
          return refuse(reply, outcome)
        }
        if (understood === null || hasUnknownFields(request.body)) await keepMessage(event, bytes, request.id)
        void reply.code(isNewlyParked(outcome) ? 202 : 200)
        if (understood !== null) return reply.send(paymentAnswer(outcome, event.orderId))
        const errors = faults.length > 0 ? faults : [noKey]
        if (!outcome.duplicate) logUnclear(events, request, { key: event.key, errors })
        return reply.send({ ...paymentAnswer(outcome, null), errors })
      },
    })
  })
}

/** The server's own parser of JSON, which a route of `inbox` calls after it has checked the signature. */
function jsonParserOf(inbox: App): (request: FastifyRequest, text: string) => Promise<unknown> {
  const parse = inbox.getDefaultJsonParser("error", "error")
  return (request, text) =>
    new Promise((resolve, reject) => {
      if (text.trim() === "") return resolve(undefined)
      void parse(request, text, (error, value) => (error === null ? resolve(value) : reject(error)))
    })
}

/** Why the signature is refused; null: it is valid, or no secret is set and none is asked for. */
function signatureRefusal(secret: Buffer | null, request: FastifyRequest, bytes: Buffer): string | null {
  if (secret === null) return null
  const headers = {
    id: header(request, "webhook-id"),
    timestamp: header(request, "webhook-timestamp"),
    signature: header(request, "webhook-signature"),
  }
  return refuseSignature(secret, headers, bytes, Date.now() / 1000)
}

function logUnclear(
  events: Events,
  request: FastifyRequest,
  { key, errors }: { readonly key: string; readonly errors: readonly FieldError[] },
): void {
  const reason = errors.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join("; ")
  const webhookId = webhookIdOf(request)
  events.webhookUnclear({ provider: "generic", key, reason, webhookId, requestId: request.id })
}

function hasUnknownFields(body: object): boolean {
  return Object.keys(body).some((name) => !Object.hasOwn(WebhookBody.properties, name))
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

function header({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === "string" ? value : undefined
}

const LONGEST_LOGGED_ID = 255

/** The `webhook-id` of a request, for the log. */
function webhookIdOf(request: FastifyRequest): string | undefined {
  return header(request, "webhook-id")?.slice(0, LONGEST_LOGGED_ID)
}

/** A key in the header must be as a key in the body must be. */
function usableKey(key: string | undefined): string | undefined {
  return key !== undefined && /^[\x20-\x7e]{1,255}$/.test(key) ? key : undefined
}
