import { Type } from "typebox"
import { RefundBody, RefundWire, refundJson } from "../../../../wire/refund.ts"
import { adminSecurity } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { submitCommand } from "../submit-command.ts"

const tags = ["admin"]
const security = adminSecurity
const params = Type.Object({ id: Type.String() })

/** Registers `POST /api/admin/orders/{id}/refunds`. */
export function registerRefundOrder(
  admin: App,
  { lanes, lookups }: Pick<Services, "lanes" | "lookups">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/orders/:id/refunds",
    schema: {
      summary: "Refund a paid order, put its units back on sale, or both",
      description: "`amount_minor: null` refunds all that is left of the payment.",
      tags,
      security,
      params,
      body: RefundBody,
      response: { 201: RefundWire, ...problemResponses },
    },
    async handler(request, reply) {
      const orderId = parseId(request.params.id)
      const place = orderId === null ? null : await lookups.placeOfOrder(orderId)
      if (orderId === null || place === null) return refuse(reply, { code: "order_not_found" })
      const { amount_minor: amountMinor = 0, restock_qty: restockQty = 0 } = request.body
      const content = { orderId, amountMinor, restockQty }
      const command = { kind: "refund_order", productId: place.productId, ...content } as const
      const refund = await submitCommand(request, reply, { lanes, command, content })
      return refund === null ? reply : reply.code(201).send(refundJson(refund))
    },
  })
}
