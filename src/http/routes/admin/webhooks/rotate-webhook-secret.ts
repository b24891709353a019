import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import { refuse } from "../../../wire/problems.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { EndpointWithSecretWire, RotationBody } from "../../../wire/webhook-schemas.ts"
import { endpointNotFound, newWebhookSecret, endpointJson } from "./webhook-endpoint-answers.ts"

const tags = ["admin"]
const security = needsRole("owner")
const params = Type.Object({ id: Type.String() })

/** Registers `POST /api/admin/webhooks/{id}/rotate`. */
export function registerRotateWebhookSecret(
  admin: App,
  { webhooks: { endpoints } }: Pick<Services, "webhooks">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/webhooks/:id/rotate",
    schema: {
      summary: "Rotate the signing secret",
      description:
        "The answer holds the new secret. For 24 hours, events are signed with the previous secret as well.",
      tags,
      security,
      params,
      body: Type.Union([RotationBody, Type.Null()]),
      response: { 200: EndpointWithSecretWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = parseId(request.params.id)
      const secret = request.body?.secret ?? newWebhookSecret()
      const endpoint = id === null ? null : await endpoints.rotate(id, secret)
      return endpoint === null ? refuse(reply, endpointNotFound) : { ...endpointJson(endpoint), secret }
    },
  })
}
