import { Type } from "typebox"
import { isoTime } from "../../../domain/time.ts"
import { refuse } from "../../wire/problems.ts"
import { PaymentLinkWire } from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import type { OrderChange } from "./order-change.ts"

/** Registers `POST /api/orders/{id}/payment-links`, which sends the buyer to the shop's own payment page. */
export function registerMakePaymentLink(
  app: App,
  change: OrderChange,
  { paymentPage }: Pick<Services, "paymentPage">,
): void {
  app.route({
    method: "POST",
    url: "/api/orders/:id/payment-links",
    config: { rateLimit: {} },
    schema: {
      summary: "Make a link to the shop's payment page",
      description:
        "Returns the address of PAYMENT_URL for this order and records a payment attempt, which extends the time to pay as `payment-attempts` does. The shop's page reports the payment in a signed webhook. 404 `route_not_found`: PAYMENT_URL is not set.",
      tags: ["orders"],
      params: Type.Object({ id: Type.String() }),
      response: { 201: PaymentLinkWire, ...problemResponses },
    },
    async handler(request, reply) {
      if (paymentPage === null) return refuse(reply, { code: "route_not_found" })
      const command = { kind: "start_payment", payment: null } as const
      return change(request, reply, command, (order) => {
        void reply.code(201)
        return { url: paymentPage.linkFor(order), expires_at: isoTime(order.expiresAt) }
      })
    },
  })
}
