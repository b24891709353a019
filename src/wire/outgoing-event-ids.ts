import type { Dispute, DisputeStatus } from "../domain/dispute.ts"
import { refundName, type Refund } from "../domain/refund.ts"

/*
 * The ids of outgoing events. An id is the type, with an underscore for its full stop, and the subject's name, such as
 * `order_paid-17`: a repeated batch makes the same id again, and the events of an order are found without an index.
 */

/** The id of an event. */
export function eventId(type: string, name: string | number): string {
  return `${type.replace(".", "_")}-${name}`
}

/**
 * The name in the events of an order's refund as a whole. A refund can fail after it was confirmed, and the order can then
 * be refunded again: `reversals` says how often that happened before, and gives each of these events an id of its own.
 */
export function refundedOrderName(orderId: number, reversals: number): string {
  return reversals === 0 ? String(orderId) : `${orderId}-${reversals + 1}`
}

/** The name in the event of a refund that has failed; `reversals`: how often it has failed after it was confirmed. */
export function failedRefundName(orderId: number, number: number, reversals: number): string {
  return `${refundName(orderId, number)}-${reversals}`
}

type NamedDispute = Pick<Dispute, "orderId" | "provider" | "disputeId" | "status" | "amountMinor">

/** Providers choose the ids of disputes, so characters that an event's id must not contain are escaped. */
export function disputedName({ orderId, provider, disputeId, status, amountMinor }: NamedDispute): string {
  const name = encodeURIComponent(disputeId).replaceAll(".", "%2E")
  return `${orderId}-${provider}-${name}-${status}-${amountMinor}`
}

const ofTheOrder = ["order.created", "order.paid", "order.cancelled", "order.expired"]
const disputeStatuses: readonly DisputeStatus[] = ["open", "won", "lost"]

/** What the events of an order can be about. */
export interface EventSubjects {
  readonly orderId: number
  readonly refunds: readonly Pick<Refund, "number" | "reversals">[]
  /** Each dispute with every amount that its bank has claimed. */
  readonly disputes: readonly Pick<Dispute, "provider" | "disputeId" | "amountMinor">[]
}

/** The ids of all outgoing events that an order can have. */
export function eventIdsOf({ orderId, refunds, disputes }: EventSubjects): string[] {
  const upTo = (count: number) => Array.from({ length: count + 1 }, (_, index) => index)
  const reversals = refunds.reduce((sum, refund) => sum + refund.reversals, 0)
  return [
    ...ofTheOrder.map((type) => eventId(type, orderId)),
    ...upTo(reversals).map((before) => eventId("order.refunded", refundedOrderName(orderId, before))),
    ...refunds.flatMap((refund) => [
      eventId("payment.refund_due", refundName(orderId, refund.number)),
      ...upTo(refund.reversals).map((count) =>
        eventId("payment.refund_failed", failedRefundName(orderId, refund.number, count)),
      ),
    ]),
    ...disputes.flatMap((dispute) =>
      disputeStatuses.map((status) =>
        eventId("payment.disputed", disputedName({ ...dispute, orderId, status })),
      ),
    ),
  ]
}
