import type { FastifyRequest } from "fastify"
import type { Events } from "../../../events/events.ts"
import { isReading } from "../../access/own-page.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { refuse } from "../../wire/problems.ts"
import { logRefusedWebhooks } from "./refused-webhooks.ts"
import { isBelowPayments } from "./webhook-paths.ts"

/**
 * Answers 404 to requests below `/api/payments/` that match no other route, and logs them: each may be the message of
 * a payment, sent to a misspelt URL.
 */
export function registerStrayWebhooks(app: App, { events }: Pick<Services, "events">): void {
  void app.register(async (area: App) => {
    logRefusedWebhooks(area, events, (request) => ({ ...unknownSender, path: pathOf(request) }))
    for (const url of ["/api/payments", "/api/payments/*"]) {
      area.route({
        method: ["POST", "PUT", "PATCH", "DELETE"],
        url,
        schema: { hide: true },
        // Before the body is read, because no handler needs it.
        onRequest: (_request, reply) => void refuse(reply, { code: "route_not_found" }),
        handler: (_request, reply) => refuse(reply, { code: "route_not_found" }),
      })
    }
  })
}

/** Logs a request below `/api/payments/` whose path cannot be decoded, so that it matches no route at all. */
export function logUndecodableWebhook(events: Events, request: FastifyRequest, status: number): void {
  if (isReading(request) || !isBelowPayments(request.url)) return
  const reason = "malformed_request: the path cannot be decoded"
  events.webhookRefused({ ...unknownSender, path: pathOf(request), status, reason, requestId: request.id })
}

const LONGEST_PATH = 200
const unknownSender = { provider: "unknown", webhookId: undefined } as const

function pathOf({ originalUrl }: FastifyRequest): string {
  return originalUrl.split("?", 1).join("").slice(0, LONGEST_PATH)
}
