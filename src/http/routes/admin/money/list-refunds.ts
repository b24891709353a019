import { Type } from "typebox"
import { RefundList, refundJson } from "../../../../wire/refund.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"

const tags = ["admin"]
const security = needsRole("viewer")
const params = Type.Object({ id: Type.String() })

/** Registers `GET /api/admin/orders/{id}/refunds`. */
export function registerListRefunds(
  admin: App,
  { lookups, money }: Pick<Services, "lookups" | "money">,
): void {
  admin.route({
    method: "GET",
    url: "/api/admin/orders/:id/refunds",
    schema: {
      summary: "List the refunds of an order",
      tags,
      security,
      params,
      response: { 200: RefundList, ...problemResponses },
    },
    async handler(request, reply) {
      const orderId = parseId(request.params.id)
      const place = orderId === null ? null : await lookups.findOrder(orderId)
      if (orderId === null || place === null) return refuse(reply, { code: "order_not_found" })
      return { data: (await money.refundsOf(orderId)).map(refundJson) }
    },
  })
}
