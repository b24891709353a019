import { Type } from "typebox"
import { isAllowedOrigin } from "../../access/open-mode.ts"
import { senderOf } from "../../access/own-page.ts"
import { refuse } from "../../wire/problems.ts"
import { parseId } from "../../wire/ids.ts"
import { LARGEST_QUANTITY } from "../../../wire/fields.ts"
import { PathHoldWire, holdJson } from "../../../wire/hold.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import type { HoldPlacement } from "./hold-placement.ts"

const config = { rateLimit: {} }

/** Registers `POST /api/holds/{productId}/{quantity}`, which needs no body. */
export function registerPlaceHoldByPath(
  app: App,
  { customerOf, turnAway, place }: HoldPlacement,
  { tokens, corsOrigins }: Pick<Services, "tokens"> & { readonly corsOrigins: readonly string[] },
): void {
  app.route({
    method: "POST",
    url: "/api/holds/:productId/:quantity",
    config,
    schema: {
      summary: "Hold units (parameters in the path)",
      tags: ["holds"],
      params: Type.Object({ productId: Type.String(), quantity: Type.String() }),
      response: { 201: PathHoldWire, ...problemResponses },
    },
    async handler(request, reply) {
      // Without a body a browser sends this for any page, which could make its visitors hoard.
      const { origin = "" } = request.headers
      if (senderOf(request) === "foreign page" && !isAllowedOrigin(origin, corsOrigins)) {
        return refuse(reply, { code: "forbidden", detail: "Pages of other origins need CORS_ORIGINS" })
      }
      const productId = parseId(request.params.productId)
      if (productId === null) return refuse(reply, { code: "product_not_found" })
      const qty = quantityFromPath(request.params.quantity)
      if (qty === null) return refuse(reply, badQuantity)
      const customer = customerOf(request, reply, { productId, named: null })
      if (customer === null) return reply
      const { customerId, proof } = customer
      const wanted = { productId, qty, customerId }
      const hold = turnAway(request, reply, wanted) ? null : await place(request, reply, wanted, proof)
      if (hold === null) return reply
      const { hold_id: id, ...rest } = holdJson(hold)
      return reply.send({
        message: "Holded Successfully",
        success: true,
        hold: { id, ...rest, token: tokens.sign(hold) },
      })
    },
  })
}

function quantityFromPath(text: string): number | null {
  const qty = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null
  return qty !== null && qty <= LARGEST_QUANTITY ? qty : null
}

const badQuantity = {
  code: "invalid_request",
  errors: [{ pointer: "/quantity", detail: `must be 1 to ${LARGEST_QUANTITY}` }],
} as const
