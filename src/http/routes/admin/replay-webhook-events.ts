import { Type } from "typebox"
import { instant } from "../../../domain/time.ts"
import { adminSecurity } from "../../access/admin-area.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App, Services } from "../../services.ts"
import { ReplayAnswer, ReplayBody } from "../../wire/webhook-schemas.ts"
import { endpointNotFound } from "./webhook-endpoint-answers.ts"

const tags = ["admin"]
const security = adminSecurity
const params = Type.Object({ id: Type.String() })

/** Registers `POST /api/admin/webhooks/{id}/replay`. */
export function registerReplayWebhookEvents(
  admin: App,
  { webhooks: { endpoints, deliveries } }: Pick<Services, "webhooks">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/webhooks/:id/replay",
    schema: {
      summary: "Replay all events since a time",
      description: "Includes events from before the endpoint was created and from while it was disabled.",
      tags,
      security,
      params,
      body: ReplayBody,
      response: { 200: ReplayAnswer, ...problemResponses },
    },
    async handler(request, reply) {
      const id = idFromPath(request.params.id)
      if (id === null || (await endpoints.find(id)) === null) return refuse(reply, endpointNotFound)
      // A second that is added to a day has no number here, and nothing happened before the first one.
      const since = instant(Math.max(0, Date.parse(request.body.since)))
      if (Number.isNaN(since)) return refuse(reply, badMoment)
      return { replayed: await deliveries.replaySince(id, since) }
    },
  })
}

const badMoment = {
  code: "invalid_request",
  errors: [{ pointer: "/since", detail: "must be a moment" }],
} as const
