import { Type } from "typebox"
import { OrderWire } from "../../../wire/order.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App } from "../../transport/typed-app.ts"
import type { OrderChange } from "./order-change.ts"

const config = { rateLimit: {} }

/** Registers `POST /api/orders/{id}/cancel`. */
export function registerCancelOrder(app: App, change: OrderChange): void {
  app.route({
    method: "POST",
    url: "/api/orders/:id/cancel",
    config,
    schema: {
      summary: "Cancel an order that waits for payment",
      tags: ["orders"],
      params: Type.Object({ id: Type.String() }),
      response: { 200: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      return change(request, reply, { kind: "cancel_order" })
    },
  })
}
