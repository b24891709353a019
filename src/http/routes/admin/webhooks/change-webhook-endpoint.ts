import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import { refuse } from "../../../wire/problems.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { EndpointChangesBody, EndpointWire } from "../../../wire/webhook-schemas.ts"
import { endpointJson, endpointNotFound, endpointRefusal, storedTypes } from "./webhook-endpoint-answers.ts"

const tags = ["admin"]
const security = needsRole("owner")
const params = Type.Object({ id: Type.String() })

/** Registers `PATCH /api/admin/webhooks/{id}`. */
export function registerChangeWebhookEndpoint(
  admin: App,
  { webhooks: { endpoints }, messages }: Pick<Services, "webhooks" | "messages">,
): void {
  admin.route({
    method: "PATCH",
    url: "/api/admin/webhooks/:id",
    schema: {
      summary: "Change an endpoint's settings",
      description:
        "While an endpoint is disabled, its due deliveries wait, and new events are not sent to it. A replay sends those too.",
      tags,
      security,
      params,
      body: EndpointChangesBody,
      response: { 200: EndpointWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = parseId(request.params.id)
      const now = id === null ? null : await endpoints.find(id)
      if (now === null) return refuse(reply, endpointNotFound)
      const { include_details: includeDetails, ...changes } = request.body
      const wanted = { ...now, ...changes, includeDetails: includeDetails ?? now.includeDetails }
      const types = storedTypes(wanted)
      // A mailbox can be switched off, or get other types, on a server that no longer sends mail.
      const canBeMailbox = messages.hasMail || changes.url === undefined
      const refusal = endpointRefusal({ ...wanted, types }, canBeMailbox)
      if (refusal !== null) return refuse(reply, refusal)
      const areSame = changes.types === undefined && types === now.types
      const endpoint = await endpoints.change(now.id, {
        ...changes,
        includeDetails,
        ...(!areSame && { types }),
      })
      return endpoint === null ? refuse(reply, endpointNotFound) : endpointJson(endpoint)
    },
  })
}
