import { applyPaymentEvent } from "./apply-payment-event.ts"
import type { RecordedEvent, RecordPaymentEvent } from "./commands.ts"
import { lookUpEvent } from "./payment-event-record.ts"
import type { Order } from "./order.ts"
import type { PaymentEvent, PaymentEventRecord } from "./payment.ts"
import { applyParkedEvents, convertHold, refuseOrder } from "./place-order.ts"
import type { PaymentEventRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import { eventName, orderOfHold, type WorkingSet } from "./working-set.ts"

/**
 * Records a payment event and lets it act on its order, once (I4).
 *
 * The same key again changes nothing and returns the first record; with another content it is
 * refused. An event that overtakes its order makes the order itself, but only from an active hold
 * of the same product and quantity, never from the message alone. When no order can be found or
 * made the outcome is `order_unknown`: the caller parks the event.
 */
export function recordPaymentEvent(
  state: WorkingSet,
  command: RecordPaymentEvent,
  now: Instant,
): RecordedEvent | PaymentEventRefusal {
  const { event } = command
  const known = lookUpEvent(state, event)
  if (known.is === "another") return { code: "event_key_reused" }
  if (known.is === "applied") return { event: known.record, duplicate: true }

  const order = orderOfEvent(state, event) ?? orderFromHold(state, command, now)
  if (order === null) return { code: "order_unknown" }
  return { event: actOnce(state, event, order.id, now), duplicate: known.is === "parked" }
}

/**
 * The order the event names; one that was made from another hold than the event names is not it,
 * whatever its id: shops make up ids for events that come early.
 */
function orderOfEvent(state: WorkingSet, { orderId, holdId }: PaymentEvent): Order | null {
  const order = state.orders.get(orderId)
  return order !== undefined && (holdId === null || order.holdId === holdId) ? order : null
}

/** Making the order has applied what was parked for it, perhaps this event itself, sent again. */
function actOnce(state: WorkingSet, event: PaymentEvent, orderId: number, now: Instant): PaymentEventRecord {
  const record = state.events.get(eventName(event.provider, event.key))
  const hasActed = record !== undefined && record.outcome !== "parked"
  return hasActed ? record : applyPaymentEvent(state, event, orderId, now)
}

/** The order that the event's hold has become, or becomes now; null when the hold does not allow it. */
function orderFromHold(state: WorkingSet, command: RecordPaymentEvent, now: Instant): Order | null {
  const hold = matchingHold(state, command.event)
  if (hold === null) return null
  const present = orderOfHold(state, hold.id)
  if (present !== undefined) return present
  if (refuseOrder(state, hold, now) !== null) return null
  const order = convertHold(state, hold, { orderId: command.newOrderId, origin: "payment_event" }, now)
  applyParkedEvents(state, order.id, now)
  return order
}

function matchingHold(state: WorkingSet, { holdId, productId, quantity }: PaymentEvent) {
  const hold = holdId === null ? undefined : state.holds.get(holdId)
  if (hold === undefined || hold.productId !== productId || hold.qty !== quantity) return null
  return hold
}
