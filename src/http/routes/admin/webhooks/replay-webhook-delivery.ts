import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import { refuse } from "../../../wire/problems.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { DeliveryWire } from "../../../wire/webhook-schemas.ts"
import { isWebhookId, deliveryJson } from "./webhook-delivery-answers.ts"

const tags = ["admin"]
const security = needsRole("owner")

/** Registers `POST /api/admin/webhooks/{id}/deliveries/{webhookId}/replay`. */
export function registerReplayWebhookDelivery(
  admin: App,
  { webhooks: { deliveries } }: Pick<Services, "webhooks">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/webhooks/:id/deliveries/:webhookId/replay",
    schema: {
      summary: "Replay one event",
      tags,
      security,
      params: Type.Object({ id: Type.String(), webhookId: Type.String() }),
      response: { 200: DeliveryWire, ...problemResponses },
    },
    async handler(request, reply) {
      const { id: endpoint, webhookId } = request.params
      const id = parseId(endpoint)
      const delivery = id === null || !isWebhookId(webhookId) ? null : await deliveries.replay(id, webhookId)
      return delivery === null
        ? refuse(reply, { code: "webhook_delivery_not_found" })
        : deliveryJson(delivery)
    },
  })
}
