import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import type { Listed, MessageFilter, MessagePlace, RowFilter } from "../../../store/reads/lists.ts"
import { admitAdminsOnly, adminSecurity } from "../../access/admin-area.ts"
import { badQuery, cursorOf, pageFrom, pageQuery, partsOf } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath, isStorable } from "../../access/requests.ts"
import {
  paymentAllocations,
  PaymentEventList,
  PaymentList,
  paymentOutcomes,
} from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { HoldList, holdStatuses } from "../../../wire/hold.ts"
import { OrderList, orderStatuses } from "../../../wire/order.ts"
import type { App, Services } from "../../services.ts"
import { paymentEventWire, paymentWire } from "../../wire/money-answers.ts"
import { holdJson } from "../../../wire/hold.ts"
import { orderJson } from "../../../wire/order.ts"

const common = {
  tags: ["admin"],
  security: adminSecurity,
  description:
    "A page reads at most 10,000 rows. If few of them match the filters, the page may be short or empty although more pages follow.",
}
const optional = Type.Optional(Type.String())
const oneOf = (values: readonly string[]) =>
  Type.Optional(Type.Unsafe<string>({ type: "string", enum: values }))

const rowQuery = { ...pageQuery, product_id: optional, customer_id: optional }
const messageQuery = { ...pageQuery, order_id: optional, provider: optional }

/** What the shop can look through: orders, holds, payments, and what providers have said. */
export function adminListRoutes(app: App, services: Services): void {
  const { lists } = services

  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)

    admin.route({
      method: "GET",
      url: "/api/admin/orders",
      schema: {
        ...common,
        summary: "List orders by id",
        querystring: Type.Object({ ...rowQuery, status: oneOf(orderStatuses) }),
        response: { 200: OrderList, ...problemResponses },
      },
      async handler(request, reply) {
        const page = pageFrom(reply, request.query, idFromPath)
        const filter = page === null ? null : rowFilter(reply, request.query)
        if (page === null || filter === null) return reply
        return answer(await lists.orders(filter, page), orderJson, String)
      },
    })

    admin.route({
      method: "GET",
      url: "/api/admin/holds",
      schema: {
        ...common,
        summary: "List holds by id",
        querystring: Type.Object({ ...rowQuery, status: oneOf(holdStatuses) }),
        response: { 200: HoldList, ...problemResponses },
      },
      async handler(request, reply) {
        const page = pageFrom(reply, request.query, idFromPath)
        const filter = page === null ? null : rowFilter(reply, request.query)
        if (page === null || filter === null) return reply
        return answer(await lists.holds(filter, page), holdJson, String)
      },
    })

    admin.route({
      method: "GET",
      url: "/api/admin/payments",
      schema: {
        ...common,
        summary: "List payments by provider and event",
        querystring: Type.Object({ ...messageQuery, allocation: oneOf(paymentAllocations) }),
        response: { 200: PaymentList, ...problemResponses },
      },
      async handler(request, reply) {
        const page = pageFrom(reply, request.query, messageFrom)
        const filter = page === null ? null : messageFilter(reply, request.query, request.query.allocation)
        if (page === null || filter === null) return reply
        return answer(await lists.payments(filter, page), paymentWire, messageCursor)
      },
    })

    admin.route({
      method: "GET",
      url: "/api/admin/payment-events",
      schema: {
        ...common,
        summary: "List payment events by provider and key",
        querystring: Type.Object({ ...messageQuery, outcome: oneOf(paymentOutcomes) }),
        response: { 200: PaymentEventList, ...problemResponses },
      },
      async handler(request, reply) {
        const page = pageFrom(reply, request.query, messageFrom)
        const filter = page === null ? null : messageFilter(reply, request.query, request.query.outcome)
        if (page === null || filter === null) return reply
        return answer(await lists.events(filter, page), paymentEventWire, messageCursor)
      },
    })
  })
}

function answer<Row, Place, Wire>(
  { rows, next }: Listed<Row, Place>,
  toWire: (row: Row) => Wire,
  toCursor: (place: Place) => string,
) {
  return {
    data: rows.map(toWire),
    has_more: next !== null,
    next_cursor: next === null ? null : toCursor(next),
  }
}

interface RowQuery {
  readonly product_id?: string
  readonly customer_id?: string
  readonly status?: string
}

/** Null: a filter makes no sense, and that has been answered. */
function rowFilter(reply: FastifyReply, { product_id, customer_id, status }: RowQuery): RowFilter | null {
  const productId = product_id === undefined ? null : idFromPath(product_id)
  if (product_id !== undefined && productId === null) return refused(reply, "product_id", "an id")
  const customerId = customer_id ?? null
  if (customerId !== null && !isStorable(customerId)) return refused(reply, "customer_id", "a name")
  return { productId, customerId, status: status ?? null }
}

interface MessageQuery {
  readonly order_id?: string
  readonly provider?: string
}

/** As {@link rowFilter}. */
function messageFilter(
  reply: FastifyReply,
  { order_id, provider }: MessageQuery,
  outcome: string | undefined,
): MessageFilter | null {
  const orderId = order_id === undefined ? null : idFromPath(order_id)
  if (order_id !== undefined && orderId === null) return refused(reply, "order_id", "an id")
  if (provider !== undefined && !isStorable(provider)) return refused(reply, "provider", "a name")
  return { orderId, provider: provider ?? null, outcome: outcome ?? null }
}

function refused(reply: FastifyReply, name: string, detail: string): null {
  refuse(reply, badQuery(name, detail))
  return null
}

function messageCursor({ provider, key }: MessagePlace): string {
  return cursorOf([provider, key])
}

function messageFrom(cursor: string): MessagePlace | null {
  const [provider, key] = partsOf(cursor) ?? []
  return isStorable(provider) && isStorable(key) ? { provider, key } : null
}
