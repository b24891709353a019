import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { TestAnswer } from "../../../wire/webhook-schemas.ts"
import { endpointNotFound } from "./webhook-endpoint-answers.ts"

const tags = ["admin"]
const security = needsRole("owner")
const params = Type.Object({ id: Type.String() })
const LONGEST_ERROR = 300

/** Registers `POST /api/admin/webhooks/{id}/test`. */
export function registerSendTestEvent(
  admin: App,
  { webhooks: { endpoints }, messages }: Pick<Services, "webhooks" | "messages">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/webhooks/:id/test",
    schema: {
      summary: "Send a test event to an endpoint",
      description:
        "Sends `endpoint.test` at once, signed as all events are or as a mail, also to an endpoint that is disabled or wants other types. It is sent once and is not in the list of deliveries. 200 whatever the endpoint answers.",
      tags,
      security,
      params,
      response: { 200: TestAnswer, ...problemResponses },
    },
    async handler(request, reply) {
      const id = parseId(request.params.id)
      const target = id === null ? null : await endpoints.target(id)
      if (target === null) return refuse(reply, endpointNotFound)
      const now = new Date()
      const webhookId = `endpoint_test-${id}-${now.getTime()}`
      const event = { type: "endpoint.test", timestamp: now.toISOString(), data: { endpoint_id: id } }
      try {
        const { status } = await messages.send({ ...target, id: webhookId, body: JSON.stringify(event) })
        const delivered = status >= 200 && status < 300
        return { webhook_id: webhookId, delivered, response_status: status, error: null }
      } catch (error) {
        const reason = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_ERROR)
        return { webhook_id: webhookId, delivered: false, response_status: null, error: reason }
      }
    },
  })
}
