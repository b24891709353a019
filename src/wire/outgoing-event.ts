import type { Dispute } from "../domain/dispute.ts"
import type { Fact } from "../domain/facts.ts"
import { nameLines } from "../domain/lines.ts"
import type { Order } from "../domain/order.ts"
import type { Product } from "../domain/product.ts"
import { variantOf } from "../domain/product-variants.ts"
import { refundName, type Refund } from "../domain/refund.ts"
import { isoTime, type Instant } from "../domain/time.ts"
import type { WorkingSet } from "../domain/working-set.ts"
import { disputeJson } from "./dispute.ts"
import { namedLineJson } from "./lines.ts"
import { orderJson } from "./order.ts"
import { disputedName, eventId, failedRefundName, refundedOrderName } from "./outgoing-event-ids.ts"
import { productEventJson } from "./product.ts"
import { refundEventJson } from "./refund.ts"

/** The types of outgoing events, which endpoints choose from. */
export const eventTypes = [
  "order.created",
  "order.paid",
  "order.cancelled",
  "order.expired",
  "order.refunded",
  "payment.refund_due",
  "payment.refund_failed",
  "payment.disputed",
  "customer.code_requested",
  "product.sold_out",
  "product.restocked",
  "alert.raised",
  "alert.ended",
] as const

export type EventType = (typeof eventTypes)[number]

/** A signed message to the shop's systems, as a row of the outbox. */
export interface OutgoingEvent {
  /**
   * Made of the type and the subject's name, such as `order_paid-17`: a repeated batch makes the same id again.
   * Contains no full stop, because a full stop separates the id from the rest of the signed text.
   */
  readonly id: string
  readonly productId: number
  readonly type: EventType
  /** JSON of `{type, timestamp, data}`. */
  readonly body: string
  readonly createdAt: Instant
}

/**
 * Returns the outgoing events of a batch in the order of its facts, the product's event last.
 *
 * The states before and after the batch decide about the product. `product.sold_out`: some units were not sold
 * before, all are sold after. `product.restocked`: the reverse, by more stock or by a refund that puts units back
 * on sale. Held units do not count as sold, because they may become available again. A change and its reversal
 * within one batch cause no event, because no reader saw the state in between. A new product causes none either.
 */
export function outgoingEvents(state: WorkingSet, now: Instant): OutgoingEvent[] {
  const events: OutgoingEvent[] = []
  for (const fact of state.facts) {
    const content = eventOfFact(fact, state.product)
    if (content !== null) events.push(eventWith(content, state.productId, now))
  }
  const content = eventOfProduct(state)
  if (content !== null) events.push(eventWith(content, state.productId, now))
  return events
}

interface Content {
  readonly type: EventType
  /** The subject's name, which makes the event's id together with the type. */
  readonly name: string | number
  readonly data: object
}

function eventWith({ type, name, data }: Content, productId: number, now: Instant): OutgoingEvent {
  const body = JSON.stringify({ type, timestamp: isoTime(now), data })
  return { id: eventId(type, name), productId, type, body, createdAt: now }
}

function eventOfFact(fact: Fact, product: Product | null): Content | null {
  switch (fact.kind) {
    case "order_created":
      return { type: "order.created", name: fact.order.id, data: orderEventJson(fact.order, product) }
    case "order_paid":
      return { type: "order.paid", name: fact.order.id, data: orderEventJson(fact.order, product) }
    case "order_cancelled":
      return { type: "order.cancelled", name: fact.order.id, data: orderEventJson(fact.order, product) }
    case "order_expired":
      return { type: "order.expired", name: fact.order.id, data: orderEventJson(fact.order, product) }
    case "order_refunded":
      return orderRefunded(fact, product)
    case "refund_due":
      return refundDue(fact.refund)
    case "refund_reversed":
      return refundFailed(fact)
    case "dispute_changed":
      return disputed(fact.dispute)
    default:
      return null
  }
}

/**
 * The order as the API shows it, with the shop's own numbers of its product. Its lines also have the names that their
 * variants have at this moment.
 */
function orderEventJson(order: Order, product: Product | null): object {
  if (product === null) return orderJson(order)
  const json = { ...orderJson(order), ...productNumbers(product) }
  if (order.lines === null) return json
  const named = nameLines(order.lines, (variantId) => variantOf(product, variantId))
  return { ...json, lines: named.map((line) => namedLineJson(line, order.currency)) }
}

function productNumbers({ sku, externalId }: Product): object {
  return {
    ...(sku !== null && { product_sku: sku }),
    ...(externalId !== null && { product_external_id: externalId }),
  }
}

function orderRefunded(
  { order, reversals }: Extract<Fact, { kind: "order_refunded" }>,
  product: Product | null,
): Content {
  const name = refundedOrderName(order.id, reversals)
  return { type: "order.refunded", name, data: orderEventJson(order, product) }
}

function refundFailed({ refund, order }: Extract<Fact, { kind: "refund_reversed" }>): Content {
  const name = failedRefundName(refund.orderId, refund.number, refund.reversals)
  const data = { ...refundEventJson(refund), error: refund.lastError, order_status: order.status }
  return { type: "payment.refund_failed", name, data }
}

function refundDue(refund: Refund): Content {
  const name = refundName(refund.orderId, refund.number)
  return { type: "payment.refund_due", name, data: refundEventJson(refund) }
}

function disputed(dispute: Dispute): Content {
  return { type: "payment.disputed", name: disputedName(dispute), data: disputeJson(dispute) }
}

function eventOfProduct({ product, loadedProduct }: WorkingSet): Content | null {
  if (product === null || loadedProduct === null) return null
  const [was, is] = [isSoldOut(loadedProduct), isSoldOut(product)]
  if (was === is) return null
  const name = `${product.id}-${product.version}`
  return { type: is ? "product.sold_out" : "product.restocked", name, data: productEventJson(product) }
}

function isSoldOut({ sold, stock }: Product): boolean {
  return sold >= stock
}
