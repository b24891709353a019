import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import { refuse } from "../../../wire/problems.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { ReplayAnswer, ReplayBody } from "../../../wire/webhook-schemas.ts"
import { endpointNotFound } from "./webhook-endpoint-answers.ts"
import { nearestMoment } from "../../../wire/times.ts"

const tags = ["admin"]
const security = needsRole("owner")
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
      description:
        "Includes events that were not sent to the endpoint, because it was disabled or did not exist yet.",
      tags,
      security,
      params,
      body: ReplayBody,
      response: { 200: ReplayAnswer, ...problemResponses },
    },
    async handler(request, reply) {
      const id = parseId(request.params.id)
      if (id === null || (await endpoints.find(id)) === null) return refuse(reply, endpointNotFound)
      // The format allows a leap second, which Date.parse does not read.
      const since = nearestMoment(Date.parse(request.body.since))
      if (since === null) return refuse(reply, badTime)
      return { replayed: await deliveries.replaySince(id, since) }
    },
  })
}

const badTime = {
  code: "invalid_request",
  errors: [{ pointer: "/since", detail: "must be a time" }],
} as const
