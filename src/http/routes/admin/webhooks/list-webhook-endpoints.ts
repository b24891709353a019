import { needsRole } from "../../../access/admin-area.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { EndpointList } from "../../../wire/webhook-schemas.ts"
import { endpointJson } from "./webhook-endpoint-answers.ts"

const tags = ["admin"]
const security = needsRole("owner")

/** Registers `GET /api/admin/webhooks`. */
export function registerListWebhookEndpoints(
  admin: App,
  { webhooks: { endpoints } }: Pick<Services, "webhooks">,
): void {
  admin.route({
    method: "GET",
    url: "/api/admin/webhooks",
    schema: {
      summary: "List webhook endpoints",
      tags,
      security,
      response: { 200: EndpointList, ...problemResponses },
    },
    async handler() {
      return { data: (await endpoints.list()).map(endpointJson) }
    },
  })
}
