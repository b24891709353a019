import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import type { CancelOrder, StartPayment } from "../../../domain/commands.ts"
import type { Order } from "../../../domain/order.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import { maySeeAnyHold, mayUseHold } from "../../access/auth.ts"
import { refuse } from "../../wire/problems.ts"
import { askerName, badIdempotencyKey, idempotencyOf, idFromPath } from "../../access/requests.ts"
import { PaymentAttemptBody } from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { OrderBody, OrderWire, PathOrderWire } from "../../../wire/order.ts"
import type { App, Services } from "../../services.ts"
import { orderJson } from "../../../wire/order.ts"
import { productOfHold } from "./holds.ts"

const config = { rateLimit: {} }

/** Making an order from a hold, looking at it, cancelling it. */
export function orderRoutes(app: App, services: Services): void {
  const { gatekeeper, lanes, lookups, views, ids, events } = services

  /** `expectedProduct` null: any. Returns null when the answer has been given already. */
  async function place(
    request: FastifyRequest,
    reply: FastifyReply,
    { holdId, expectedProduct }: { holdId: number | null; expectedProduct: number | null },
  ): Promise<Order | null> {
    const caller = gatekeeper.callerOf(request)
    const isUsable = holdId !== null && mayUseHold(caller, holdId)
    const productId = isUsable ? await productOfHold(caller, holdId, lookups) : null
    const isElsewhere = expectedProduct !== null && expectedProduct !== productId
    if (holdId === null || productId === null || isElsewhere) {
      refuse(reply, { code: "hold_not_found" })
      return null
    }
    const idempotency = idempotencyOf(request, askerName(caller), { holdId })
    if (idempotency === "bad") {
      refuse(reply, badIdempotencyKey)
      return null
    }

    const orderId = await ids.next("orders")
    const { outcome, replayed } = await lanes.submit({
      kind: "place_order",
      requestId: request.id,
      idempotency,
      productId,
      orderId,
      holdId,
    })
    if (replayed) void reply.header("idempotent-replayed", "true")
    if (isRefusal(outcome)) {
      events.refused("order", outcome.code)
      refuse(reply, outcome)
      return null
    }
    const { order, existed } = outcome
    void reply.code(existed ? 200 : 201)
    void reply.headers({ location: `/api/orders/${order.id}`, "cache-control": "no-store" })
    return order
  }

  app.route({
    method: "POST",
    url: "/api/orders",
    config,
    schema: {
      summary: "Make an order from a hold",
      description: "200 when a payment event that came first has made the order already.",
      tags: ["orders"],
      body: OrderBody,
      response: { 200: OrderWire, 201: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const order = await place(request, reply, { holdId: request.body.hold_id, expectedProduct: null })
      return order === null ? reply : reply.send(orderJson(order))
    },
  })

  app.route({
    method: "POST",
    url: "/api/orders/:holdId/:productId",
    config,
    schema: {
      summary: "Make an order from a hold (path style)",
      tags: ["orders"],
      params: Type.Object({ holdId: Type.String(), productId: Type.String() }),
      response: { 200: PathOrderWire, 201: PathOrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const expectedProduct = idFromPath(request.params.productId)
      const holdId = expectedProduct === null ? null : idFromPath(request.params.holdId)
      const order = await place(request, reply, { holdId, expectedProduct })
      if (order === null) return reply
      const { order_id: id, ...rest } = orderJson(order)
      return reply.send({ message: "order created successfully", success: true, order: { id, ...rest } })
    },
  })

  app.route({
    method: "GET",
    url: "/api/orders/:id",
    schema: {
      summary: "Read an order",
      tags: ["orders"],
      params: Type.Object({ id: Type.String() }),
      response: { 200: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const caller = gatekeeper.callerOf(request)
      const id = maySeeAnyHold(caller) ? idFromPath(request.params.id) : null
      const order = id === null ? null : await views.order(id)
      if (order === null || !mayUseHold(caller, order.holdId)) {
        return refuse(reply, { code: "order_not_found" })
      }
      void reply.header("cache-control", "no-store")
      return orderJson(order)
    },
  })

  app.route({
    method: "POST",
    url: "/api/orders/:id/cancel",
    config,
    schema: {
      summary: "Cancel an order that waits for payment",
      tags: ["orders"],
      params: Type.Object({ id: Type.String() }),
      response: { 200: OrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      return change(request, reply, { kind: "cancel_order" })
    },
  })

  app.route({
    method: "POST",
    url: "/api/orders/:id/payment-attempts",
    config,
    schema: {
      summary: "Record a payment attempt",
      description:
        "Gives an order up to three minutes more, twice at most and never past ten minutes after it was made: nothing, where PAYMENT_TTL_SECONDS is 600 or more. With the provider's name and its payment, that can be asked what has become of it before the order expires.",
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

  /** Brings a command of the order's owner to its lane, and answers with the order as it then is. */
  async function change(
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
    command: Unaddressed<CancelOrder | StartPayment>,
  ) {
    const caller = gatekeeper.callerOf(request)
    const orderId = maySeeAnyHold(caller) ? idFromPath(request.params.id) : null
    const place = orderId === null ? null : await lookups.placeOfOrder(orderId)
    if (orderId === null || place === null || !mayUseHold(caller, place.holdId)) {
      return refuse(reply, { code: "order_not_found" })
    }
    const content = command.kind === "start_payment" ? { orderId, payment: command.payment } : { orderId }
    const idempotency = idempotencyOf(request, askerName(caller), content)
    if (idempotency === "bad") return refuse(reply, badIdempotencyKey)

    const addressed = { ...command, productId: place.productId, orderId }
    const { outcome, replayed } = await lanes.submit({ ...addressed, requestId: request.id, idempotency })
    if (replayed) void reply.header("idempotent-replayed", "true")
    if (isRefusal(outcome)) return refuse(reply, outcome)
    return reply.header("cache-control", "no-store").send(orderJson(outcome))
  }
}

type Unaddressed<C> = C extends unknown ? Omit<C, "productId" | "orderId"> : never

const halfAnAttempt = {
  code: "invalid_request",
  errors: [{ pointer: "/payment_id", detail: "comes together with provider" }],
} as const
