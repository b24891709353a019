import { Type } from "typebox"
import { nameLines } from "../../../domain/lines.ts"
import type { Order } from "../../../domain/order.ts"
import { variantOf } from "../../../domain/product-variants.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import type { PaymentRequest } from "../../../payments/provider.ts"
import { maySeeAnyHold, mayUseHold } from "../../access/auth.ts"
import { refuse } from "../../wire/problems.ts"
import { askerName, badIdempotencyKey, idempotencyOf } from "../../access/idempotency-key.ts"
import { parseId } from "../../wire/ids.ts"
import { OpenedPaymentWire } from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"

/** The services that open a payment. */
type OpenPaymentServices = Pick<
  Services,
  "gatekeeper" | "lanes" | "views" | "products" | "events" | "providers"
>

/** Registers `POST /api/orders/{id}/payments`, which opens the payment that the buyer's page completes. */
export function registerOpenPayment(
  app: App,
  { gatekeeper, lanes, views, products, events, providers }: OpenPaymentServices,
): void {
  const provider = providers.find((one) => one.open !== undefined)

  app.route({
    method: "POST",
    url: "/api/orders/:id/payments",
    config: { rateLimit: {} },
    schema: {
      summary: "Open the order's payment at the provider",
      description:
        "Asks the provider for a payment of the order's total, or for the payment that was opened before, and records it as a payment attempt. The provider's webhook reports the result. 404 `route_not_found`: no configured provider opens payments; Stripe does.",
      tags: ["orders"],
      params: Type.Object({ id: Type.String() }),
      response: { 201: OpenedPaymentWire, ...problemResponses },
    },
    async handler(request, reply) {
      if (provider?.open === undefined) return refuse(reply, { code: "route_not_found" })
      const caller = gatekeeper.callerOf(request)
      const id = maySeeAnyHold(caller) ? parseId(request.params.id) : null
      const order = id === null ? null : await views.order(id)
      if (order === null || !mayUseHold(caller, order.holdId, "change order"))
        return refuse(reply, { code: "order_not_found" })
      if (order.status === "expired") return refuse(reply, { code: "order_expired" })
      if (order.status !== "pending_payment") return refuse(reply, { code: "order_not_pending" })
      if (order.missingDetails !== null)
        return refuse(reply, { code: "details_required", missing: order.missingDetails })
      const content = { orderId: order.id, provider: provider.name }
      const idempotency = idempotencyOf(request, askerName(caller), content)
      if (idempotency === "bad") return refuse(reply, badIdempotencyKey)

      const report = await provider.open(requestFor(order, provider.name, await goodsOf(order, products)))
      if (report.status !== "open") {
        events.paymentNotOpened({ ...content, error: report.error, requestId: request.id })
        return refuse(reply, {
          code: report.status === "refused" ? "payment_refused" : "provider_unavailable",
        })
      }
      // Only now is the payment's id known, without which the provider could not be asked about it.
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

/** Costs no read for an order without lines. */
async function goodsOf(
  { productId, lines }: Order,
  products: Services["products"],
): Promise<PaymentRequest["goods"]> {
  const view = lines === null ? null : await products.product(productId)
  if (lines === null || view === null) return null
  const { product } = view
  return { productName: product.name, lines: nameLines(lines, (id) => variantOf(product, id)) }
}

function requestFor(order: Order, provider: string, goods: PaymentRequest["goods"]): PaymentRequest {
  const { id, holdId, productId, qty, totalMinor, currency, attempt, createdAt, reference, metadata } = order
  return {
    orderId: id,
    holdId,
    productId,
    qty,
    goods,
    reference,
    metadata,
    amountMinor: totalMinor,
    currency,
    startedPaymentId: attempt?.provider === provider ? attempt.paymentId : null,
    // With the time, because order ids are not unique at the provider: another installation on the same account, or
    // this one with a new database, also counts its orders from 1.
    idempotencyKey: `doorbuster-order-${id}-${createdAt}`,
  }
}
