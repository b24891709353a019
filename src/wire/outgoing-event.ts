import type { Dispute } from "../domain/dispute.ts"
import type { Fact } from "../domain/facts.ts"
import type { Product } from "../domain/product.ts"
import { refundName, type Refund } from "../domain/refund.ts"
import { isoTime, type Instant } from "../domain/time.ts"
import type { WorkingSet } from "../domain/working-set.ts"
import { disputeJson } from "./dispute.ts"
import { orderJson } from "./order.ts"
import { productEventJson } from "./product.ts"
import { refundEventJson } from "./refund.ts"

/** What the outside can be told of. */
export const eventTypes = [
  "order.created",
  "order.paid",
  "order.cancelled",
  "order.expired",
  "order.refunded",
  "payment.refund_due",
  "payment.refund_failed",
  "payment.disputed",
  "product.sold_out",
  "product.restocked",
] as const

export type EventType = (typeof eventTypes)[number]

/** Something that happened, as the outside is told of it. */
export interface OutgoingEvent {
  /**
   * Says what happened to what, such as `order_paid-17`: the same thing has the same id, however often
   * its batch is repeated. Without full stops, which separate it from the rest of what is signed.
   */
  readonly id: string
  readonly productId: number
  readonly type: EventType
  /** JSON of `{type, timestamp, data}`. */
  readonly body: string
  readonly createdAt: Instant
}

/**
 * What a batch has to tell the outside, in the order it happened, products last.
 *
 * A product is sold out when a batch leaves all its units sold and found some that were not, and
 * restocked when it is the other way round: by more stock, or by a refund that puts units back. Units
 * that are only held do not count, because they may come back by themselves. A product that is both
 * within one batch was never seen so by anyone, and a new one has not become anything.
 */
export function outgoingEvents(state: WorkingSet, now: Instant): OutgoingEvent[] {
  const events: OutgoingEvent[] = []
  for (const fact of state.facts) {
    const told = eventOfFact(fact)
    if (told !== null) events.push(eventWith(told, state.productId, now))
  }
  const told = eventOfProduct(state)
  if (told !== null) events.push(eventWith(told, state.productId, now))
  return events
}

interface Told {
  readonly type: EventType
  /** What it happened to; names it together with the type. */
  readonly name: string | number
  readonly data: object
}

function eventWith({ type, name, data }: Told, productId: number, now: Instant): OutgoingEvent {
  const body = JSON.stringify({ type, timestamp: isoTime(now), data })
  return { id: `${type.replace(".", "_")}-${name}`, productId, type, body, createdAt: now }
}

function eventOfFact(fact: Fact): Told | null {
  switch (fact.kind) {
    case "order_created":
      return { type: "order.created", name: fact.order.id, data: orderJson(fact.order) }
    case "order_paid":
      return { type: "order.paid", name: fact.order.id, data: orderJson(fact.order) }
    case "order_cancelled":
      return { type: "order.cancelled", name: fact.order.id, data: orderJson(fact.order) }
    case "order_expired":
      return { type: "order.expired", name: fact.order.id, data: orderJson(fact.order) }
    case "order_refunded":
      return orderRefunded(fact)
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

/** An order whose refund failed after all may be refunded again, which is another event. */
function orderRefunded({ order, reversals }: Extract<Fact, { kind: "order_refunded" }>): Told {
  const name = reversals === 0 ? order.id : `${order.id}-${reversals + 1}`
  return { type: "order.refunded", name, data: orderJson(order) }
}

function refundFailed({ refund, order }: Extract<Fact, { kind: "refund_reversed" }>): Told {
  const name = `${refundName(refund.orderId, refund.number)}-${refund.reversals}`
  const data = { ...refundEventJson(refund), error: refund.lastError, order_status: order.status }
  return { type: "payment.refund_failed", name, data }
}

function refundDue(refund: Refund): Told {
  const name = refundName(refund.orderId, refund.number)
  return { type: "payment.refund_due", name, data: refundEventJson(refund) }
}

/** Names of disputes are their providers', so what the id may not contain is written otherwise. */
function disputed(dispute: Dispute): Told {
  const { orderId, provider, disputeId, status, amountMinor } = dispute
  const name = encodeURIComponent(disputeId).replaceAll(".", "%2E")
  return {
    type: "payment.disputed",
    name: `${orderId}-${provider}-${name}-${status}-${amountMinor}`,
    data: disputeJson(dispute),
  }
}

function eventOfProduct({ product, loadedProduct }: WorkingSet): Told | null {
  if (product === null || loadedProduct === null) return null
  const [was, is] = [isSoldOut(loadedProduct), isSoldOut(product)]
  if (was === is) return null
  const name = `${product.id}-${product.version}`
  return { type: is ? "product.sold_out" : "product.restocked", name, data: productEventJson(product) }
}

function isSoldOut({ sold, stock }: Product): boolean {
  return sold >= stock
}
