import { noDetails } from "./details.ts"
import { applyPaymentEvent } from "./apply-payment-event.ts"
import type { RecordedEvent, RecordPaymentEvent } from "./commands.ts"
import { lookUpEvent, repeatedEvent } from "./payment-event-record.ts"
import type { Order } from "./order.ts"
import type { PaymentEvent, PaymentEventRecord } from "./payment.ts"
import { applyParkedEvents, convertHold, refuseOrder } from "./place-order.ts"
import type { PaymentEventRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import { eventName, orderOfHold, type WorkingSet } from "./working-set.ts"

/**
 * Records a payment event and applies it to its order, once per key (I4).
 *
 * Repeating the event changes nothing and returns the first record; the same key with another content is
 * refused. An event that arrives before its order makes the order itself, but only from an active hold of
 * the same product and number of units, never from the message alone. Refuses with `order_unknown` when no
 * order can be found or made; the caller then parks the event.
 */
export function recordPaymentEvent(
  state: WorkingSet,
  command: RecordPaymentEvent,
  now: Instant,
): RecordedEvent | PaymentEventRefusal {
  const { event } = command
  const known = lookUpEvent(state, event)
  if (known.is === "key_reused") return { code: "event_key_reused" }
  if (known.is === "done") return repeatedEvent(state, known.record)

  const order = orderOfEvent(state, event) ?? orderFromHold(state, command, now)
  if (order === null) return { code: "order_unknown" }
  return { event: applyOnce(state, event, order.id, now), duplicate: known.is === "parked" }
}

/**
 * Returns the order that the event names. An order with this id but from another hold than the event names
 * does not count, because shops invent order ids for events that they send early.
 */
function orderOfEvent(state: WorkingSet, { orderId, holdId }: PaymentEvent): Order | null {
  const order = state.orders.get(orderId)
  return order !== undefined && (holdId === null || order.holdId === holdId) ? order : null
}

/** Applies the event, unless making the order has just applied it as a parked event. */
function applyOnce(
  state: WorkingSet,
  event: PaymentEvent,
  orderId: number,
  now: Instant,
): PaymentEventRecord {
  const record = state.events.get(eventName(event.provider, event.key))
  const isApplied = record !== undefined && record.outcome !== "parked"
  return isApplied ? record : applyPaymentEvent(state, event, orderId, now)
}

/** Returns the order made from the event's hold, and makes it if the hold is active; null when it cannot be made. */
function orderFromHold(state: WorkingSet, command: RecordPaymentEvent, now: Instant): Order | null {
  const hold = matchingHold(state, command.event)
  if (hold === null) return null
  const present = orderOfHold(state, hold.id)
  if (present !== undefined) return present
  if (refuseOrder(state, hold, now) !== null) return null
  const ofEvent = { orderId: command.newOrderId, origin: "payment_event", details: noDetails } as const
  const order = convertHold(state, hold, ofEvent, now)
  applyParkedEvents(state, order.id, now)
  return order
}

function matchingHold(state: WorkingSet, { holdId, productId, quantity }: PaymentEvent) {
  const hold = holdId === null ? undefined : state.holds.get(holdId)
  if (hold === undefined || hold.productId !== productId || hold.qty !== quantity) return null
  return hold
}
