import { Type } from "typebox"
import { DetailsBody, detailsFrom } from "../../../wire/details.ts"
import { OrderWire } from "../../../wire/order.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App } from "../../transport/typed-app.ts"
import type { OrderChange } from "./order-change.ts"

const config = { rateLimit: {} }

/** Registers `PUT /api/orders/{id}/details`. */
export function registerSetDetails(app: App, change: OrderChange): void {
  app.route({
    method: "PUT",
    url: "/api/orders/:id/details",
    config,
    schema: {
      summary: "Replace the buyer's details of an order",
      description:
        "The owner may do so while the order waits for payment, the shop until the details are erased. What is left out is removed. `missing_details` in the answer points to required details that are missing.",
      tags: ["orders"],
      params: Type.Object({ id: Type.String() }),
      body: DetailsBody,
      response: { 200: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      return change(request, reply, { kind: "set_details", details: detailsFrom(request.body) })
    },
  })
}
