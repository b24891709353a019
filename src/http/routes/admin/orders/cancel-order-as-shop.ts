import { Type } from "typebox"
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

/**
 * Registers `POST /api/admin/orders/{id}/cancel`. The buyers' route accepts the admin token too, but a shop may send
 * its buyers' requests with that token. A request to this route is known to be an administrator's, and is audited.
 */
export function registerCancelOrderAsShop(
  admin: App,
  { lanes, lookups }: Pick<Services, "lanes" | "lookups">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/orders/:id/cancel",
    schema: {
      summary: "Cancel an order that waits for payment, as the shop",
      description:
        "Has the same effect as the buyer's own cancellation. Cancelling an order again changes nothing.",
      tags,
      security,
      params,
      response: { 200: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const orderId = parseId(request.params.id)
      const place = orderId === null ? null : await lookups.findOrder(orderId)
      if (orderId === null || place === null) return refuse(reply, { code: "order_not_found" })
      const command = { kind: "cancel_order", productId: place.productId, orderId, byShop: true } as const
      const order = await submitCommand(request, reply, { lanes, command, content: { orderId } })
      if (order === null) return reply
      return reply.header("cache-control", "no-store").send(ownOrderJson(order, null))
    },
  })
}
