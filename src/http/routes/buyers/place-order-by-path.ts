import { Type } from "typebox"
import { parseId } from "../../wire/ids.ts"
import { PathOrderWire } from "../../../wire/order.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App } from "../../transport/typed-app.ts"
import type { OrderPlacement } from "./order-placement.ts"

const config = { rateLimit: {} }

/** Registers `POST /api/orders/{holdId}/{productId}`, which needs no body. */
export function registerPlaceOrderByPath(app: App, place: OrderPlacement): void {
  app.route({
    method: "POST",
    url: "/api/orders/:holdId/:productId",
    config,
    schema: {
      summary: "Make an order from a hold (parameters in the path)",
      tags: ["orders"],
      params: Type.Object({ holdId: Type.String(), productId: Type.String() }),
      response: { 200: PathOrderWire, 201: PathOrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const expectedProduct = parseId(request.params.productId)
      const holdId = expectedProduct === null ? null : parseId(request.params.holdId)
      const order = await place(request, reply, { holdId, expectedProduct })
      if (order === null) return reply
      const { order_id: id, ...rest } = order
      return reply.send({ message: "order created successfully", success: true, order: { id, ...rest } })
    },
  })
}
