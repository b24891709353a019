import { Type } from "typebox"
import type { Order } from "../../../domain/order.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import type { PaymentRequest } from "../../../payments/provider.ts"
import { maySeeAnyHold, mayUseHold } from "../../access/auth.ts"
import { refuse } from "../../wire/problems.ts"
import { askerName, badIdempotencyKey, idempotencyOf, idFromPath } from "../../access/requests.ts"
import { OpenedPaymentWire } from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App, Services } from "../../services.ts"

/** Opening a payment of an order at the shop's provider, for the buyer's page. */
export function orderPaymentRoutes(app: App, services: Services): void {
  const { gatekeeper, lanes, views, events, providers } = services
  const provider = providers.find((one) => one.open !== undefined)

  app.route({
    method: "POST",
    url: "/api/orders/:id/payments",
    config: { rateLimit: {} },
    schema: {
      summary: "Open the order's payment at the provider",
      description:
        "Opens a payment of the order's total at the provider, or returns the one that was opened before, and records a payment attempt. The provider's webhook reports the result. 404: the shop has no provider that opens payments (only Stripe does, if it is configured).",
      tags: ["orders"],
      params: Type.Object({ id: Type.String() }),
      response: { 201: OpenedPaymentWire, ...problemResponses },
    },
    async handler(request, reply) {
      if (provider?.open === undefined) return refuse(reply, { code: "route_not_found" })
      const caller = gatekeeper.callerOf(request)
      const id = maySeeAnyHold(caller) ? idFromPath(request.params.id) : null
      const order = id === null ? null : await views.order(id)
      if (order === null || !mayUseHold(caller, order.holdId))
        return refuse(reply, { code: "order_not_found" })
      if (order.status === "expired") return refuse(reply, { code: "order_expired" })
      if (order.status !== "pending_payment") return refuse(reply, { code: "order_not_pending" })
      const content = { orderId: order.id, provider: provider.name }
      const idempotency = idempotencyOf(request, askerName(caller), content)
      if (idempotency === "bad") return refuse(reply, badIdempotencyKey)

      const report = await provider.open(requestFor(order, provider.name))
      if (report.status !== "open") {
        events.paymentNotOpened({ ...content, error: report.error, requestId: request.id })
        return refuse(reply, {
          code: report.status === "refused" ? "payment_refused" : "provider_unavailable",
        })
      }
      // Only now: until it is known which payment that is, nobody could be asked about it.
      const { outcome } = await lanes.submit({
        kind: "start_payment",
        productId: order.productId,
        orderId: order.id,
        payment: { provider: provider.name, paymentId: report.paymentId },
        requestId: request.id,
        idempotency,
      })
      if (isRefusal(outcome)) return refuse(reply, outcome)
      const { paymentId: payment_id, clientSecret: client_secret } = report
      void reply.code(201).header("cache-control", "no-store")
      return { provider: provider.name, payment_id, client_secret }
    },
  })
}

function requestFor(order: Order, provider: string): PaymentRequest {
  const { id, holdId, productId, qty, totalMinor, currency, attempt, createdAt } = order
  return {
    orderId: id,
    holdId,
    productId,
    qty,
    amountMinor: totalMinor,
    currency,
    startedPaymentId: attempt?.provider === provider ? attempt.paymentId : null,
    // Another installation on the provider's account, or this one with new data, counts its orders from 1 too.
    idempotencyKey: `doorbuster-order-${id}-${createdAt}`,
  }
}
