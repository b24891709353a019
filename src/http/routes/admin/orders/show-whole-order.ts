import { Type } from "typebox"
import { nameLines } from "../../../../domain/lines.ts"
import type { Product } from "../../../../domain/product.ts"
import { variantOf } from "../../../../domain/product-variants.ts"
import { isoTime } from "../../../../domain/time.ts"
import { MOST_ROWS } from "../../../../store/reads/order-history.ts"
import type { OrderView } from "../../../../store/reads/views.ts"
import { disputeJson } from "../../../../wire/dispute.ts"
import { holdJson } from "../../../../wire/hold.ts"
import { namedLineJson } from "../../../../wire/lines.ts"
import { orderViewJson } from "../../../../wire/order.ts"
import { eventIdsOf } from "../../../../wire/outgoing-event-ids.ts"
import { productJson } from "../../../../wire/product.ts"
import { refundJson } from "../../../../wire/refund.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { actionJson } from "../../../wire/action-json.ts"
import { parseId } from "../../../wire/ids.ts"
import { listedPaymentEventJson, paymentJson } from "../../../wire/money-json.ts"
import { timelineOf } from "../../../wire/order-timeline.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { mailJson, WholeOrderWire, type WholeOrderJson } from "../../../wire/whole-order.ts"
import { deliveryJson } from "../webhooks/webhook-delivery-answers.ts"

type Reads = Pick<Services, "views" | "money" | "orderHistory" | "mails" | "holdTtlSeconds">

/** Registers `GET /api/admin/orders/{id}`. */
export function registerShowWholeOrder(admin: App, services: Reads): void {
  admin.route({
    method: "GET",
    url: "/api/admin/orders/:id",
    schema: {
      summary: "Read an order with its payments, mails, events and timeline",
      description: `Returns the order, its product and hold, its payments, refunds and disputes, the payment events, the outgoing events with their deliveries, the mails, the shop's actions, and a timeline of all of these. Each list is in time order, and has at most the newest ${MOST_ROWS} entries.`,
      tags: ["admin"],
      security: needsRole("support"),
      params: Type.Object({ id: Type.String() }),
      response: { 200: WholeOrderWire, ...problemResponses },
    },
    async handler(request, reply) {
      const orderId = parseId(request.params.id)
      const order = orderId === null ? null : await services.views.order(orderId)
      if (order === null) return refuse(reply, { code: "order_not_found" })
      void reply.header("cache-control", "no-store")
      return readWholeOrder(order, services)
    },
  })
}

/** One read after the other: there are four connections for all readers. */
async function readWholeOrder(order: OrderView, { views, holdTtlSeconds, ...reads }: Reads) {
  const view = await views.product(order.productId)
  if (view === null) throw new Error(`the product of order ${order.id} does not exist`)
  const hold = await views.hold(order.holdId)
  const payments = (await reads.orderHistory.payments(order.id)).map(paymentJson)
  const events = (await reads.orderHistory.paymentEvents(order.id)).map(listedPaymentEventJson)
  const actions = await reads.orderHistory.actions(order.id)
  const mails = await reads.mails.contents.ofOrder(order.id)
  const money = await readMoney(order, events, reads)
  const whole = {
    order: orderWithNames(order, view.product),
    product: productJson(view.product, view.serverTime, holdTtlSeconds),
    hold: hold === null ? null : holdJson(hold),
    payment_attempt:
      order.attempt === null
        ? null
        : { provider: order.attempt.provider, payment_id: order.attempt.paymentId },
    payments,
    payment_events: events,
    ...money,
    mails: mails.map(mailJson),
    actions: actions.map(actionJson),
  }
  return { ...whole, timeline: timelineOf(whole) }
}

/** The order as everywhere; its lines also have the names that their variants have now. */
function orderWithNames(order: OrderView, product: Product): WholeOrderJson["order"] {
  const { lines: _, ...json } = orderViewJson(order)
  if (order.lines === null) return json
  const named = nameLines(order.lines, (variantId) => variantOf(product, variantId))
  return { ...json, lines: named.map((line) => namedLineJson(line, order.currency)) }
}

/** Reads refunds and disputes, and the outgoing events, whose ids are made of them. */
async function readMoney(
  { id, productId }: OrderView,
  events: WholeOrderJson["payment_events"],
  { money, orderHistory }: Pick<Reads, "money" | "orderHistory">,
): Promise<Pick<WholeOrderJson, "refunds" | "disputes" | "outgoing_events">> {
  const refunds = await money.refundsOf(id)
  const disputes = await money.disputesOf(id)
  const claims = disputes.flatMap(({ provider, disputeId, amountMinor }) => {
    const ofDispute = events.filter((event) => event.provider === provider && event.dispute_id === disputeId)
    const amounts = new Set([amountMinor, ...ofDispute.flatMap(({ amount_minor }) => amount_minor ?? [])])
    return [...amounts].map((amount) => ({ provider, disputeId, amountMinor: amount }))
  })
  const ids = eventIdsOf({ orderId: id, refunds, disputes: claims })
  const written = await orderHistory.outgoingEvents(productId, ids)
  const deliveries = written.length === 0 ? [] : await orderHistory.deliveries(productId, ids)
  return {
    refunds: refunds.map(refundJson),
    disputes: disputes.map(disputeJson),
    outgoing_events: written.map(({ eventId, type, createdAt }) => ({
      webhook_id: eventId,
      type,
      created_at: isoTime(createdAt),
      deliveries: deliveries.filter((delivery) => delivery.eventId === eventId).map(deliveryJson),
    })),
  }
}
