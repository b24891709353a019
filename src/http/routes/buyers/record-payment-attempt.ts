import { Type } from "typebox"
import { refuse } from "../../wire/problems.ts"
import { OrderWire } from "../../../wire/order.ts"
import { PaymentAttemptBody } from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App } from "../../transport/typed-app.ts"
import type { OrderChange } from "./order-change.ts"

const config = { rateLimit: {} }

/** Registers `POST /api/orders/{id}/payment-attempts`. */
export function registerPaymentAttempt(app: App, change: OrderChange): void {
  app.route({
    method: "POST",
    url: "/api/orders/:id/payment-attempts",
    config,
    schema: {
      summary: "Record a payment attempt",
      description:
        "Extends the time to pay by up to three minutes, at most twice, and never past ten minutes after the order was made. If PAYMENT_TTL_SECONDS is 600 or more, the time is not extended. With `provider` and `payment_id`, the provider is asked about the payment before the order expires.",
      tags: ["orders"],
      params: Type.Object({ id: Type.String() }),
      body: Type.Union([PaymentAttemptBody, Type.Null()]),
      response: { 200: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const { provider, payment_id: paymentId } = request.body ?? {}
      if ((provider === undefined) !== (paymentId === undefined)) return refuse(reply, halfAnAttempt)
      const payment = provider === undefined || paymentId === undefined ? null : { provider, paymentId }
      return change(request, reply, { kind: "start_payment", payment })
    },
  })
}

const halfAnAttempt = {
  code: "invalid_request",
  errors: [{ pointer: "/payment_id", detail: "must be given together with provider" }],
} as const
