import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import { refuse } from "../../../wire/problems.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { EndpointWire } from "../../../wire/webhook-schemas.ts"
import { endpointNotFound, endpointJson } from "./webhook-endpoint-answers.ts"

const tags = ["admin"]
const security = needsRole("owner")
const params = Type.Object({ id: Type.String() })

/** Registers `DELETE /api/admin/webhooks/{id}`. */
export function registerDeleteWebhookEndpoint(
  admin: App,
  { webhooks: { endpoints } }: Pick<Services, "webhooks">,
): void {
  admin.route({
    method: "DELETE",
    url: "/api/admin/webhooks/:id",
    schema: {
      summary: "Delete an endpoint and its delivery log",
      tags,
      security,
      params,
      response: { 200: EndpointWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = parseId(request.params.id)
      const endpoint = id === null ? null : await endpoints.remove(id)
      return endpoint === null ? refuse(reply, endpointNotFound) : endpointJson(endpoint)
    },
  })
}
