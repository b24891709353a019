import type { FastifyReply, FastifyRequest } from "fastify"
import { isUtf8 } from "node:buffer"
import { Type } from "typebox"
import { isRefusal } from "../../../domain/refusals.ts"
import type { Events } from "../../../events/events.ts"
import type { ProviderEvent, WebhookReading } from "../../../payments/provider.ts"
import { NotUtf8 } from "../../transport/json-body.ts"
import { refuse, type AnyRefusal } from "../../wire/problems.ts"
import { PROVIDER_BODY_LIMIT_BYTES } from "./body-limit.ts"
import { isValidEvent } from "./provider-event-schema.ts"
import { createRefundUpdates } from "./refund-updates.ts"
import { logRefusedWebhooks } from "./refused-webhooks.ts"
import { ProviderAnswer } from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"

/** The services that take a provider's webhook. */
type ProviderWebhookServices = Pick<
  Services,
  "providers" | "paymentEvents" | "lanes" | "lookups" | "money" | "events"
>

/**
 * Registers `POST /api/payments/webhooks/{provider}`, for messages in the providers' own formats. The provider's
 * adapter verifies and reads a message; its events are then handled as those of the generic webhook are. A provider
 * sends a message again until it gets a 2xx, so an event that could not be stored must not be answered with one.
 */
export function registerReceiveProviderWebhook(app: App, services: ProviderWebhookServices): void {
  const { providers, paymentEvents, events } = services
  const applyRefundUpdate = createRefundUpdates(services)

  /** Stores one event; returns the refusal if it could not be stored. */
  async function store(
    provider: string,
    received: ProviderEvent,
    requestId: string,
  ): Promise<AnyRefusal | null> {
    if (received.about === "refund") return applyRefundUpdate(provider, received.refund, requestId)
    const outcome = await paymentEvents.receive(received.event, requestId)
    if (!isRefusal(outcome)) return null
    events.refused("payment_event", outcome.code)
    return outcome
  }

  void app.register(async (inbox: App) => {
    logRefusedWebhooks(inbox, events, (request) => {
      const { provider } = request.params as { readonly provider: string }
      return { provider: provider.slice(0, 255), webhookId: undefined }
    })
    inbox.removeAllContentTypeParsers()
    inbox.addContentTypeParser("*", { parseAs: "buffer" }, (_request: FastifyRequest, bytes, done) =>
      done(null, bytes),
    )
    inbox.route({
      method: "POST",
      url: "/api/payments/webhooks/:provider",
      bodyLimit: PROVIDER_BODY_LIMIT_BYTES,
      schema: {
        summary: "Receive a provider's webhook in its own format",
        description:
          "The message must have the provider's own signature. The answer is 200 once the events of the message are stored.",
        tags: ["payments"],
        params: Type.Object({ provider: Type.String() }),
        response: { 200: ProviderAnswer, ...problemResponses },
      },
      async handler(request, reply) {
        const provider = providers.find(({ name }) => isSameName(name, request.params.provider))
        if (provider?.readWebhook === undefined) return refuse(reply, { code: "route_not_found" })
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const { headers } = request
        const message = { headers, body: bytes.toString("utf8"), bytes, nowSeconds: Date.now() / 1000 }
        const reading = await provider.readWebhook(message)
        if (reading.kind !== "not authentic" && !isUtf8(bytes)) throw new NotUtf8()
        if (reading.kind !== "events") return refuseMessage(reply, events, reading)
        if (!reading.events.every(isValidEvent)) return refuseMessage(reply, events, invalidEvent)
        if (reading.ignored !== undefined) {
          events.webhookIgnored({ provider: provider.name, reason: reading.ignored, requestId: request.id })
        }
        for (const event of reading.events) {
          const refusal = await store(provider.name, event, request.id)
          if (refusal !== null) return refuse(reply, refusal)
        }
        return { message: "ok", taken: reading.events.length }
      },
    })
  })
}

/** The path of a webhook may name the provider in capitals. */
function isSameName(name: string, inPath: string): boolean {
  return name.toLowerCase() === inPath.toLowerCase()
}

const invalidEvent = {
  kind: "not understood",
  detail: "the event has an id, amount, currency or quantity that cannot be stored",
} as const

function refuseMessage(
  reply: FastifyReply,
  events: Events,
  reading: Exclude<WebhookReading, { kind: "events" }>,
): FastifyReply {
  if (reading.kind === "not authentic") {
    events.refused("payment_event", "invalid_signature")
    return refuse(reply, { code: "invalid_signature", detail: reading.detail })
  }
  return refuse(reply, { code: "invalid_request", errors: [{ pointer: "", detail: reading.detail }] })
}
