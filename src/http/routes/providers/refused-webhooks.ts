import type { FastifyRequest } from "fastify"
import type { Events } from "../../../events/events.ts"
import { reasonIn } from "../../wire/problems.ts"
import type { App } from "../../transport/typed-app.ts"

/** The sender of a payment webhook, for the log. */
export interface WebhookSender {
  readonly provider: string
  readonly webhookId: string | undefined
  /** The path of the request, if it is not the path of a webhook. */
  readonly path?: string
}

/** Logs each webhook of `area` that is refused, with the reason. */
export function logRefusedWebhooks(
  area: App,
  events: Events,
  senderOf: (request: FastifyRequest) => WebhookSender,
): void {
  area.addHook("onSend", (request, reply, payload, done) => {
    const status = reply.statusCode
    if (status >= 400) {
      events.webhookRefused({
        ...senderOf(request),
        status,
        reason: reasonIn(payload),
        requestId: request.id,
      })
    }
    done(null, payload)
  })
}
