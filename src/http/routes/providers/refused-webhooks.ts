import type { FastifyRequest } from "fastify"
import type { Events } from "../../../events/events.ts"
import { reasonIn } from "../../wire/problems.ts"
import type { App } from "../../services.ts"

/** Who sent a payment webhook, for the log. */
export interface WebhookSender {
  readonly provider: string
  readonly webhookId: string | undefined
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
