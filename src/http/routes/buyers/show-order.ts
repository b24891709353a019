import { Type } from "typebox"
import { maySeeAnyHold, mayUseHold } from "../../access/auth.ts"
import { refuse } from "../../wire/problems.ts"
import { parseId } from "../../wire/ids.ts"
import { OrderWire, orderViewJson } from "../../../wire/order.ts"
import { afterPurchaseIn } from "../../../domain/product-content.ts"
import { LanguageTag } from "../../../wire/fields.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"

/** Registers `GET /api/orders/{id}`. */
export function registerShowOrder(
  app: App,
  { gatekeeper, views, contents }: Pick<Services, "gatekeeper" | "views" | "contents">,
): void {
  app.route({
    method: "GET",
    url: "/api/orders/:id",
    schema: {
      summary: "Read an order",
      tags: ["orders"],
      params: Type.Object({ id: Type.String() }),
      querystring: Type.Object({ lang: Type.Optional(LanguageTag) }),
      response: { 200: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const caller = gatekeeper.callerOf(request)
      const id = maySeeAnyHold(caller) ? parseId(request.params.id) : null
      const order = id === null ? null : await views.order(id)
      if (order === null || !mayUseHold(caller, order.holdId, "read order")) {
        return refuse(reply, { code: "order_not_found" })
      }
      void reply.header("cache-control", "no-store")
      const json = orderViewJson(order)
      if (order.status !== "paid") return json
      const content = (await contents.contentsOf([order.productId]))(order.productId)
      const afterPurchase = afterPurchaseIn(content, request.query.lang ?? order.language)
      return afterPurchase === null ? json : { ...json, after_purchase: afterPurchase }
    },
  })
}
