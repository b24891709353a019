import { Type } from "typebox"
import { adminSecurity } from "../../../access/admin-area.ts"
import { refuse } from "../../../wire/problems.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { EndpointChangesBody, EndpointWire } from "../../../wire/webhook-schemas.ts"
import { endpointNotFound, badEndpointUrl, endpointJson } from "./webhook-endpoint-answers.ts"

const tags = ["admin"]
const security = adminSecurity
const params = Type.Object({ id: Type.String() })

/** Registers `PATCH /api/admin/webhooks/{id}`. */
export function registerChangeWebhookEndpoint(
  admin: App,
  { webhooks: { endpoints } }: Pick<Services, "webhooks">,
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
      const { include_details: includeDetails, ...changes } = request.body
      const { url } = changes
      if (url !== undefined && !URL.canParse(url)) return refuse(reply, badEndpointUrl)
      const endpoint = id === null ? null : await endpoints.change(id, { ...changes, includeDetails })
      return endpoint === null ? refuse(reply, endpointNotFound) : endpointJson(endpoint)
    },
  })
}
