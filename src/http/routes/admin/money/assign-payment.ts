import { isRefusal } from "../../../../domain/refusals.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { paymentEventJson } from "../../../wire/money-json.ts"
import { AssignBody, PaymentEventWire } from "../../../wire/payment-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"

const tags = ["admin"]
const security = needsRole("support")

/** Registers `POST /api/admin/money/assign`. */
export function registerAssignPayment(admin: App, { paymentEvents }: Pick<Services, "paymentEvents">): void {
  admin.route({
    method: "POST",
    url: "/api/admin/money/assign",
    schema: {
      summary: "Give a payment without an order to an order",
      description:
        "Applies the payment as if it had named the order: the payment pays the order, or is refunded if the order cannot take it. 404 `payment_event_not_found`: no such payment is waiting; it may have been given to another order or marked as returned.",
      tags,
      security,
      body: AssignBody,
      response: { 200: PaymentEventWire, ...problemResponses },
    },
    async handler(request, reply) {
      const { provider, key, order_id: orderId } = request.body
      const outcome = await paymentEvents.assign({ provider, key, orderId }, request.id)
      return isRefusal(outcome) ? refuse(reply, outcome) : paymentEventJson(outcome.event)
    },
  })
}
