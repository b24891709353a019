import { detailsFrom } from "../../../wire/details.ts"
import { OrderBody, OrderWire } from "../../../wire/order.ts"
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
      const { hold_id: holdId, details: told, reference, metadata, language } = request.body
      const details = told === undefined ? undefined : detailsFrom(told)
      const fields = { ...(reference !== undefined && { reference }), ...(metadata && { metadata }) }
      const order = await place(request, reply, { holdId, expectedProduct: null, details, fields, language })
      return order ?? reply
    },
  })
}
