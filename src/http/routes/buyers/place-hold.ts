import type { FastifyReply, FastifyRequest } from "fastify"
import { isOverLimit } from "../../../domain/shop-fields.ts"
import { HoldBody, NewHoldWire, newHoldText } from "../../../wire/hold.ts"
import { metadataTooLong } from "../../../wire/shop-fields.ts"
import { refuse } from "../../wire/problems.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import type { HoldCustomer } from "./hold-customer.ts"
import type { HoldPlacement } from "./hold-placement.ts"
import { unitsWanted } from "./wanted-units.ts"

const config = { rateLimit: {} }
const metadataOverLimit = { code: "invalid_request", errors: [metadataTooLong] } as const

/** Registers `POST /api/holds`. */
export function registerPlaceHold(
  app: App,
  { customerOf, turnAway, place }: HoldPlacement,
  { tokens }: Pick<Services, "tokens">,
): void {
  // With callbacks: an async handler would cost a promise more for each hold.
  function answerHold(
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: Parameters<HoldPlacement["place"]>[2],
    proof: HoldCustomer["proof"],
  ): void {
    place(request, reply, wanted, proof)
      .then((hold) => void (hold === null || reply.send(newHoldText(hold, tokens.sign(hold)))))
      .catch((fault: Error) => reply.send(fault))
  }

  app.route({
    method: "POST",
    url: "/api/holds",
    config,
    schema: {
      summary: "Hold units",
      description:
        "A product with variants is sold by variant: with `variant_id` and `qty`, or with `lines`, of which all are held or none.",
      tags: ["holds"],
      body: HoldBody,
      response: { 201: NewHoldWire, ...problemResponses },
    },
    handler(request, reply) {
      const { product_id, customer_id, reference, metadata } = request.body
      const units = unitsWanted(request.body)
      if ("errors" in units) return void refuse(reply, { code: "invalid_request", errors: units.errors })
      if (metadata !== undefined && isOverLimit(metadata)) return void refuse(reply, metadataOverLimit)
      const { qty, lines } = units
      const customer = customerOf(request, reply, { productId: product_id, named: customer_id ?? null })
      if (customer === null) return
      // In this order, and without what is not given: a key that an earlier version has stored stays the same.
      const wanted = {
        productId: product_id,
        qty,
        customerId: customer.customerId,
        ...(lines && { lines }),
        ...(reference !== undefined && { reference }),
        ...(metadata && { metadata }),
      }
      if (!turnAway(request, reply, wanted)) answerHold(request, reply, wanted, customer.proof)
    },
  })
}
