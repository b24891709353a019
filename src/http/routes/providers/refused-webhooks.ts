import type { FastifyRequest } from "fastify"
import type { Events } from "../../../events/events.ts"
import { isReading } from "../../access/own-page.ts"
import { reasonIn, refuse } from "../../wire/problems.ts"
import type { App } from "../../transport/typed-app.ts"

/**
 * The largest message of a payment provider. Stripe allows 150,000 characters of evidence in a dispute, and JSON may
 * need six bytes for one of them.
 */
export const PROVIDER_BODY_LIMIT_BYTES = 1024 * 1024

/** Who sent a payment webhook, for the log. */
export interface WebhookSender {
  readonly provider: string
  readonly webhookId: string | undefined
  /** Where it was sent, if that is no webhook's address. */
  readonly path?: string
}

/** Tells of every webhook of `inbox` that was not taken, and why. `senderOf` null: nobody's, so nothing is told. */
export function tellRefusedWebhooks(
  inbox: App,
  events: Events,
  senderOf: (request: FastifyRequest, status: number) => WebhookSender | null,
): void {
  inbox.addHook("onSend", (request, reply, payload, done) => {
    const status = reply.statusCode
    const sender = status < 400 ? null : senderOf(request, status)
    if (sender !== null) {
      events.webhookRefused({ ...sender, status, reason: reasonIn(payload), requestId: request.id })
    }
    done(null, payload)
  })
}

const belowPayments = /^\/+api\/+payments(?![^/?])/i

/**
 * The address of a webhook as its route spells it: providers' forms add a slash at the end, double one, or change
 * letters to capitals, and a payment must not be lost by that. Addresses elsewhere stay as they are.
 */
export function webhookUrl(url: string): string {
  if (!belowPayments.test(url)) return url
  const [path = "", ...query] = url.split("?")
  const plain = path.replace(/\/+/g, "/").replace(/\/$/, "")
  const named = plain.replace(/^\/api\/payments(?:\/webhooks?(?![^/]))?/i, (start) => start.toLowerCase())
  return [named, ...query].join("?")
}

const LONGEST_PATH = 200

/**
 * Answers 404 to what was sent below /api/payments/ and is for no other route, and tells of it: it may be a payment's
 * message, sent to a misspelt address.
 */
export function strayWebhookRoutes(app: App, events: Events): void {
  void app.register(async (area: App) => {
    tellRefusedWebhooks(area, events, (request) => ({ ...unknownSender, path: pathOf(request) }))
    for (const url of ["/api/payments", "/api/payments/*"]) {
      area.route({
        method: ["POST", "PUT", "PATCH", "DELETE"],
        url,
        schema: { hide: true },
        // Before the body is read: whatever it is, there is nobody to read it.
        onRequest: (_request, reply) => void refuse(reply, { code: "route_not_found" }),
        handler: (_request, reply) => refuse(reply, { code: "route_not_found" }),
      })
    }
  })
}

/** As {@link strayWebhookRoutes}, where the address cannot even be decoded. */
export function tellUnreadableWebhook(events: Events, request: FastifyRequest, status: number): void {
  if (isReading(request) || !belowPayments.test(request.url)) return
  const reason = "malformed_request: the path cannot be decoded"
  events.webhookRefused({ ...unknownSender, path: pathOf(request), status, reason, requestId: request.id })
}

const unknownSender = { provider: "unknown", webhookId: undefined } as const

function pathOf({ originalUrl }: FastifyRequest): string {
  return originalUrl.split("?", 1).join("").slice(0, LONGEST_PATH)
}
