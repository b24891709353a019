import { OrderBody, OrderWire, orderJson } from "../../../wire/order.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App } from "../../transport/typed-app.ts"
import type { OrderPlacement } from "./order-placement.ts"

const config = { rateLimit: {} }

/** Registers `POST /api/orders`. */
export function registerPlaceOrder(app: App, place: OrderPlacement): void {
  app.route({
    method: "POST",
    url: "/api/orders",
    config,
    schema: {
      summary: "Make an order from a hold",
      description: "200: the order exists already, because a payment event arrived first and made it.",
      tags: ["orders"],
      body: OrderBody,
      response: { 200: OrderWire, 201: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const { hold_id: holdId, reference, metadata } = request.body
      const fields = { ...(reference !== undefined && { reference }), ...(metadata && { metadata }) }
      const order = await place(request, reply, { holdId, expectedProduct: null, fields })
      return order === null ? reply : reply.send(orderJson(order))
    },
  })
}
