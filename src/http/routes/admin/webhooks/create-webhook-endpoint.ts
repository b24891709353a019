import { MOST_ENDPOINTS } from "../../../../store/reads/webhook-endpoints.ts"
import { needsRole } from "../../../access/admin-area.ts"
import { refuse } from "../../../wire/problems.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { EndpointWithSecretWire, NewEndpointBody } from "../../../wire/webhook-schemas.ts"
import { endpointJson, endpointRefusal, newWebhookSecret, storedTypes } from "./webhook-endpoint-answers.ts"

const tags = ["admin"]
const security = needsRole("owner")

/** Registers `POST /api/admin/webhooks`. */
export function registerCreateWebhookEndpoint(
  admin: App,
  { ids, webhooks: { endpoints }, messages }: Pick<Services, "ids" | "webhooks" | "messages">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/webhooks",
    schema: {
      summary: "Create a webhook endpoint",
      description: "The answer holds the secret that signs the events. No later answer shows this secret.",
      tags,
      security,
      body: NewEndpointBody,
      response: { 201: EndpointWithSecretWire, ...problemResponses },
    },
    async handler(request, reply) {
      const { url, secret = newWebhookSecret(), include_details: includeDetails = false } = request.body
      const types = storedTypes({ url, types: request.body.types ?? null })
      const refusal = endpointRefusal({ url, types, includeDetails }, messages.hasMail)
      if (refusal !== null) return refuse(reply, refusal)
      const id = await ids.next("webhook_endpoints")
      const endpoint = await endpoints.create({ id, url, types, secret, includeDetails })
      if (endpoint === null) {
        return refuse(reply, { code: "too_many_endpoints", mostEndpoints: MOST_ENDPOINTS })
      }
      void reply.code(201).header("location", `/api/admin/webhooks/${id}`)
      return reply.send({ ...endpointJson(endpoint), secret })
    },
  })
}
