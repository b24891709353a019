import type { FastifyRequest } from "fastify"
import { Type, type Static } from "typebox"
import type { RecordedEvent } from "../../../domain/commands.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import {
  genericPaymentEvent,
  webhookStatuses,
  type WebhookStatus,
} from "../../../payments/generic-webhook.ts"
import { refuseSignature } from "../../../payments/standard-webhooks.ts"
import { jsonParser } from "../../transport/json-body.ts"
import { refuse } from "../../wire/problems.ts"
import { tellRefusedWebhooks } from "./refused-webhooks.ts"
import {
  AmountMinor,
  body,
  CurrencyCode,
  Id,
  Label,
  PaymentAnswer,
  problemResponses,
  Quantity,
} from "../../wire/schemas.ts"
import type { App, Services } from "../../services.ts"

const WebhookBody = body({
  idempotency_key: Type.Optional(Label),
  transaction_id: Type.Optional(Label),
  order_id: Id,
  status: Type.Unsafe<WebhookStatus>({ type: "string", enum: webhookStatuses }),
  amount_minor: Type.Optional(AmountMinor),
  currency: Type.Optional(CurrencyCode),
  payment_id: Type.Optional(Label),
  hold_id: Type.Optional(Id),
  product_id: Type.Optional(Id),
  quantity: Type.Optional(Quantity),
})

const noKey = {
  code: "invalid_request",
  errors: [
    {
      pointer: "/idempotency_key",
      detail: "is required, once: as idempotency_key, as transaction_id, or in the webhook-id header",
    },
  ],
} as const

/**
 * The inbox of the generic payment provider. The signature is checked over the bytes as they came,
 * before anything else about the body is looked at.
 */
export function paymentRoutes(app: App, services: Services): void {
  const { paymentEvents, events, paymentWebhookSecret } = services
  function signatureRefusal(request: FastifyRequest, text: string): string | null {
    if (paymentWebhookSecret === null) return null
    const headers = {
      id: header(request.headers["webhook-id"]),
      timestamp: header(request.headers["webhook-timestamp"]),
      signature: header(request.headers["webhook-signature"]),
    }
    return refuseSignature(paymentWebhookSecret, headers, text, Date.now() / 1000)
  }

  void app.register(async (inbox: App) => {
    tellRefusedWebhooks(inbox, events, (request) => ({
      provider: "generic",
      webhookId: header(request.headers["webhook-id"])?.slice(0, 255),
    }))
    const parse = jsonParser(inbox)
    const parsedBody = (request: FastifyRequest, text: string) =>
      new Promise<Static<typeof WebhookBody>>((resolve, reject) =>
        parse(request, text, (error, value) =>
          error === null ? resolve(value as Static<typeof WebhookBody>) : reject(error),
        ),
      )
    inbox.removeContentTypeParser("application/json")
    inbox.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, done) =>
      done(null, text),
    )

    inbox.route({
      method: "POST",
      url: "/api/payments/webhook",
      schema: {
        summary: "Report the result of a payment",
        description:
          "Signed as by Standard Webhooks when PAYMENT_WEBHOOK_SECRET is set. 202: kept until the order exists.",
        tags: ["payments"],
        body: WebhookBody,
        response: { 200: PaymentAnswer, 202: PaymentAnswer, ...problemResponses },
      },
      async preValidation(request, reply) {
        const text = typeof request.body === "string" ? request.body : ""
        const detail = signatureRefusal(request, text)
        if (detail !== null) {
          events.refused("payment_event", "invalid_signature")
          return refuse(reply, { code: "invalid_signature", detail })
        }
        // What it is, its schema says next.
        request.body = await parsedBody(request, text)
        return undefined
      },
      async handler(request, reply) {
        const event = genericPaymentEvent(request.body, usableKey(header(request.headers["webhook-id"])))
        if (event === null) return refuse(reply, noKey)

        const outcome = await paymentEvents.receive(event, request.id)
        if (isRefusal(outcome)) {
          events.refused("payment_event", outcome.code)
          return refuse(reply, outcome)
        }
        return reply.code(isNewlyParked(outcome) ? 202 : 200).send(paymentAnswer(outcome, event.orderId))
      },
    })
  })
}

function isNewlyParked({ event, duplicate }: RecordedEvent): boolean {
  return event.outcome === "parked" && !duplicate
}

function paymentAnswer({ event, duplicate }: RecordedEvent, namedOrderId: number) {
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
