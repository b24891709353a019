import { Type } from "typebox"
import { Label, body } from "../../../../wire/fields.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"

/** The request to erase a buyer's details. */
export const EraseBody = body(
  { email: Type.Optional(Label), customer_id: Type.Optional(Label) },
  { minProperties: 1, maxProperties: 1 },
)

/** How many orders had details. */
export const EraseAnswer = Type.Object({
  erased_orders: Type.Integer({ description: "Number of orders whose details were erased" }),
})

/** Registers `POST /api/admin/erase`. */
export function registerEraseDetails(
  admin: App,
  { erasure, mailboxCodes }: Pick<Services, "erasure" | "mailboxCodes">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/erase",
    schema: {
      summary: "Erase a buyer's details",
      description:
        "Erases the buyer's details from all orders with this e-mail address (upper and lower case of A to Z do not matter), or from all orders of this customer. Give either `email` or `customer_id`. The orders, payments and counts stay, and so do `customer_id`, `reference` and `metadata`. A code that was mailed to the address ends. Events sent afterwards carry no details. If the buyer may be ordering at the same time, repeat the request until it answers 0.",
      tags: ["admin"],
      security: needsRole("owner"),
      body: EraseBody,
      response: { 200: EraseAnswer, ...problemResponses },
    },
    async handler(request, reply) {
      const { email, customer_id: customerId = "" } = request.body
      await mailboxCodes.forget(email === undefined ? { customerId } : { email })
      const erased_orders = await erasure.erase(email === undefined ? { customerId } : { email })
      void reply.header("cache-control", "no-store")
      return { erased_orders }
    },
  })
}
