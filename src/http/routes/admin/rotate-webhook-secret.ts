import { Type } from "typebox"
import { adminSecurity } from "../../access/admin-area.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App, Services } from "../../services.ts"
import { EndpointWithSecretWire, RotationBody } from "../../wire/webhook-schemas.ts"
import { endpointNotFound, newWebhookSecret, endpointAnswer } from "./webhook-endpoint-answers.ts"

const tags = ["admin"]
const security = adminSecurity
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
        "The answer contains the new secret. For 24 hours events are also signed with the secret before it.",
      tags,
      security,
      params,
      body: Type.Union([RotationBody, Type.Null()]),
      response: { 200: EndpointWithSecretWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = idFromPath(request.params.id)
      const secret = request.body?.secret ?? newWebhookSecret()
      const endpoint = id === null ? null : await endpoints.rotate(id, secret)
      return endpoint === null ? refuse(reply, endpointNotFound) : { ...endpointAnswer(endpoint), secret }
    },
  })
}
