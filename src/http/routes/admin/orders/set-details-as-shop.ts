import { Type } from "typebox"
import { DetailsBody, detailsFrom } from "../../../../wire/details.ts"
import { OrderWire, ownOrderJson } from "../../../../wire/order.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { submitCommand } from "../submit-command.ts"

const tags = ["admin"]
const security = needsRole("support")
const params = Type.Object({ id: Type.String() })

/** Registers `PUT /api/admin/orders/{id}/details`. The record of actions has that it was used, not what was sent. */
export function registerSetDetailsAsShop(
  admin: App,
  { lanes, lookups }: Pick<Services, "lanes" | "lookups">,
): void {
  admin.route({
    method: "PUT",
    url: "/api/admin/orders/:id/details",
    schema: {
      summary: "Replace the buyer's details of an order, as the shop",
      description: "Possible in every status of the order, until the details are erased.",
      tags,
      security,
      params,
      body: DetailsBody,
      response: { 200: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const orderId = parseId(request.params.id)
      const place = orderId === null ? null : await lookups.findOrder(orderId)
      if (orderId === null || place === null) return refuse(reply, { code: "order_not_found" })
      const details = detailsFrom(request.body)
      const { productId } = place
      const command = { kind: "set_details", productId, orderId, details, by: "shop" } as const
      const order = await submitCommand(request, reply, { lanes, command, content: { orderId, details } })
      if (order === null) return reply
      return reply.header("cache-control", "no-store").send(ownOrderJson(order, details))
    },
  })
}
