import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import type { RefundOrder, RefundResult, SettleRefund } from "../../../domain/commands.ts"
import { refundName, type Refund } from "../../../domain/refund.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import type { DisputePlace, RefundPlace, StrayPlace } from "../../../store/reads/money-views.ts"
import { admitAdminsOnly, adminSecurity } from "../../access/admin-area.ts"
import { cursorOf, pageFrom, pageOf, pageQuery, partsOf, type Page } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { badIdempotencyKey, idempotencyOf, idFromPath, isStorable } from "../../access/requests.ts"
import {
  AssignBody,
  MoneyInbox,
  MoneyInboxEntry,
  type MoneyInboxAnswer,
  PaymentEventWire,
  ReturnedBody,
} from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { RefundBody, RefundList, RefundWire } from "../../../wire/refund.ts"
import type { App, Services } from "../../services.ts"
import {
  openDisputeAnswer,
  openRefundAnswer,
  paymentEventWire,
  strayPaymentAnswer,
} from "../../wire/money-answers.ts"
import { refundJson } from "../../../wire/refund.ts"

const tags = ["admin"]
const security = adminSecurity

/** Refunds, and the money that somebody has to look after. */
export function adminMoneyRoutes(app: App, services: Services): void {
  const { lanes, lookups, money, inbox, paymentEvents } = services

  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)

    async function run(
      request: FastifyRequest,
      reply: FastifyReply,
      { command, content }: { command: RefundOrder | SettleRefund; content: object },
    ): Promise<Refund | null> {
      const idempotency = idempotencyOf(request, "admin", content)
      if (idempotency === "bad") {
        refuse(reply, badIdempotencyKey)
        return null
      }
      const { outcome, replayed } = await lanes.submit({ ...command, requestId: request.id, idempotency })
      if (replayed) void reply.header("idempotent-replayed", "true")
      if (!isRefusal(outcome)) return outcome
      refuse(reply, outcome)
      return null
    }

    /** Payments without an order first; when they are at an end, refunds, and then disputes. */
    async function readInbox(page: Page<Place>) {
      const { after, limit } = page
      const rows: InboxRow[] = []
      for (const kind of inboxKinds.slice(after === null ? 0 : inboxKinds.indexOf(after.kind))) {
        const room = limit + 1 - rows.length
        if (room > 0) rows.push(...(await readKind(kind, after?.kind === kind ? after : null, room)))
      }
      return pageOf(rows, page, { toWire: (row) => row.answer(), toCursor: (row) => cursorOf(row.cursor) })
    }

    async function readKind(kind: Place["kind"], after: Place | null, limit: number): Promise<InboxRow[]> {
      switch (kind) {
        case "payment":
          return (await money.strayPayments(after?.kind === kind ? after : null, limit)).map((row) => ({
            answer: () => strayPaymentAnswer(row),
            cursor: [kind, row.orderId, row.provider, row.key],
          }))
        case "refund":
          return (await money.openRefunds(after?.kind === kind ? after : null, limit)).map((row) => ({
            answer: () => openRefundAnswer(row),
            cursor: [kind, refundName(row.orderId, row.number)],
          }))
        case "dispute":
          return (await money.openDisputes(after?.kind === kind ? after : null, limit)).map((row) => ({
            answer: () => openDisputeAnswer(row),
            cursor: [kind, row.orderId, row.provider, row.disputeId],
          }))
      }
    }

    admin.route({
      method: "POST",
      url: "/api/admin/orders/:id/refunds",
      schema: {
        summary: "Refund a paid order, put its units back on sale, or both",
        description: "With `amount_minor: null` everything that is left of the payment is refunded.",
        tags,
        security,
        params: Type.Object({ id: Type.String() }),
        body: RefundBody,
        response: { 201: RefundWire, ...problemResponses },
      },
      async handler(request, reply) {
        const orderId = idFromPath(request.params.id)
        const place = orderId === null ? null : await lookups.placeOfOrder(orderId)
        if (orderId === null || place === null) return refuse(reply, { code: "order_not_found" })
        const { amount_minor: amountMinor = 0, restock_qty: restockQty = 0 } = request.body
        const content = { orderId, amountMinor, restockQty }
        const command = { kind: "refund_order", productId: place.productId, ...content } as const
        const refund = await run(request, reply, { command, content })
        return refund === null ? reply : reply.code(201).send(refundJson(refund))
      },
    })

    admin.route({
      method: "GET",
      url: "/api/admin/orders/:id/refunds",
      schema: {
        summary: "List the refunds of an order",
        tags,
        security,
        params: Type.Object({ id: Type.String() }),
        response: { 200: RefundList, ...problemResponses },
      },
      async handler(request, reply) {
        const orderId = idFromPath(request.params.id)
        const place = orderId === null ? null : await lookups.placeOfOrder(orderId)
        if (orderId === null || place === null) return refuse(reply, { code: "order_not_found" })
        return { data: (await money.refundsOf(orderId)).map(refundJson) }
      },
    })

    for (const [action, summary, result] of [
      ["retry", "Send a failed refund once more", { status: "due" }],
      ["confirm", "Confirm a refund manually", { status: "confirmed", providerRefundId: null }],
    ] as const satisfies readonly (readonly [string, string, RefundResult])[]) {
      admin.route({
        method: "POST",
        url: `/api/admin/refunds/:id/${action}`,
        schema: {
          summary,
          tags,
          security,
          params: Type.Object({ id: Type.String() }),
          response: { 200: RefundWire, ...problemResponses },
        },
        async handler(request, reply) {
          const place = refundPlaceFrom(request.params.id)
          const origin = place === null ? null : await money.originOfRefund(place)
          if (place === null || origin === null) return refuse(reply, { code: "refund_not_found" })
          const { productId } = origin
          const command = { kind: "settle_refund", productId, ...place, result } as const
          const refund = await run(request, reply, { command, content: place })
          return refund === null ? reply : reply.send(refundJson(refund))
        },
      })
    }

    admin.route({
      method: "GET",
      url: "/api/admin/money",
      schema: {
        summary: "List the money inbox",
        description:
          "Lists payments without an order first, then unconfirmed refunds, then open disputes. Each entry has a reason and the possible actions.",
        tags,
        security,
        querystring: Type.Object(pageQuery),
        response: { 200: MoneyInbox, ...problemResponses },
      },
      async handler(request, reply) {
        const page = pageFrom(reply, request.query, placeFrom)
        return page === null ? reply : readInbox(page)
      },
    })

    admin.route({
      method: "POST",
      url: "/api/admin/money/assign",
      schema: {
        summary: "Assign a payment without an order to an order",
        description:
          "The payment is applied as if it had named this order: it pays the order, or it is refunded if it cannot. 404 `payment_event_not_found`: no such payment is waiting, for example because it has paid another order or was marked as returned.",
        tags,
        security,
        body: AssignBody,
        response: { 200: PaymentEventWire, ...problemResponses },
      },
      async handler(request, reply) {
        const { provider, key, order_id: orderId } = request.body
        const outcome = await paymentEvents.assign({ provider, key, orderId }, request.id)
        return isRefusal(outcome) ? refuse(reply, outcome) : paymentEventWire(outcome.event)
      },
    })

    admin.route({
      method: "POST",
      url: "/api/admin/money/returned",
      schema: {
        summary: "Mark a payment without an order as returned",
        description:
          "The payment cannot pay an order any more. Doorbuster does not contact the provider: send the money back there first.",
        tags,
        security,
        body: ReturnedBody,
        response: { 200: MoneyInboxEntry, ...problemResponses },
      },
      async handler(request, reply) {
        const event = await inbox.markReturned(request.body.provider, request.body.key)
        if (event === null) return refuse(reply, { code: "payment_event_not_found" })
        return strayPaymentAnswer(event)
      },
    })
  })
}

/** An entry of the money inbox. */
interface InboxRow {
  readonly cursor: readonly (string | number)[]
  answer(): MoneyInboxAnswer
}

/** The kinds of entries, in their order. */
const inboxKinds = ["payment", "refund", "dispute"] as const

/** After which entry a page begins. */
type Place =
  | ({ readonly kind: "payment" } & StrayPlace)
  | ({ readonly kind: "refund" } & RefundPlace)
  | ({ readonly kind: "dispute" } & DisputePlace)

/** A refund's name, such as `17-1`; null for anything else. */
export function refundPlaceFrom(text: string): RefundPlace | null {
  const [order = "", number = "", ...rest] = text.split("-")
  const place = { orderId: idFromPath(order), number: idFromPath(number) }
  if (place.orderId === null || place.number === null || rest.length > 0) return null
  return place.number > LARGEST_NUMBER ? null : { orderId: place.orderId, number: place.number }
}

/** As PostgreSQL's integer. */
const LARGEST_NUMBER = 2_147_483_647

function placeFrom(cursor: string): Place | null {
  const [kind, ...parts] = partsOf(cursor) ?? []
  if (kind === "refund" && typeof parts[0] === "string") {
    const refund = refundPlaceFrom(parts[0])
    return refund === null ? null : { kind, ...refund }
  }
  const [orderId, provider, name] = parts
  if (!Number.isSafeInteger(orderId) || !isStorable(provider) || !isStorable(name)) return null
  const place = { orderId: Number(orderId), provider }
  if (kind === "payment") return { kind, ...place, key: name }
  return kind === "dispute" ? { kind, ...place, disputeId: name } : null
}
