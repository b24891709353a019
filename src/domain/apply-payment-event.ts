import { endUnpaidOrder } from "./cancel-order.ts"
import { orderAsOfNow } from "./expire-due.ts"
import type { Order } from "./order.ts"
import type { Payment, PaymentEvent, PaymentEventRecord, PaymentOutcome } from "./payment.ts"
import type { Instant } from "./time.ts"
import { sellHeldUnits } from "./units.ts"
import { eventName, type WorkingSet } from "./working-set.ts"

/**
 * Lets one payment event act on its order and writes down what it did.
 *
 * Money that arrives is always recorded (I7): it pays the order, or it is due to go back. A late or
 * conflicting event never moves stock. `event` is new, or was parked until this order came to be.
 */
export function applyPaymentEvent(
  state: WorkingSet,
  event: PaymentEvent | PaymentEventRecord,
  orderId: number,
  now: Instant,
): PaymentEventRecord {
  const outcome = outcomeFor(state, event, currentOrder(state, orderId, now), now)
  const order = currentOrder(state, orderId, now)
  const record: PaymentEventRecord = {
    ...event,
    outcome,
    appliedOrderId: order.id,
    orderStatus: order.status,
    receivedAt: "receivedAt" in event ? event.receivedAt : now,
    appliedAt: now,
  }
  const parked = state.events.get(eventName(event.provider, event.key)) !== undefined
  if (parked) state.events.replace(record)
  else state.events.add(record)
  state.facts.push({ kind: "payment_event", key: event.key, orderId: order.id, outcome, duplicate: false })
  return record
}

function currentOrder(state: WorkingSet, orderId: number, now: Instant): Order {
  const order = state.orders.get(orderId)
  if (order === undefined) throw new Error(`order ${orderId} is not loaded`)
  return orderAsOfNow(state, order, now)
}

function outcomeFor(state: WorkingSet, event: PaymentEvent, order: Order, now: Instant): PaymentOutcome {
  if (event.kind === "succeeded") return receiveMoney(state, event, order, now)
  if (order.status !== "pending_payment") return "ignored_final"
  endUnpaidOrder(state, order, now)
  return "cancelled"
}

function receiveMoney(state: WorkingSet, event: PaymentEvent, order: Order, now: Instant): PaymentOutcome {
  const received = [...state.payments.values()].filter((payment) => payment.orderId === order.id)
  const same = received.find((payment) => isSamePayment(payment, event))
  if (same !== undefined) return same.allocation === "order" ? "ignored_final" : "refund_due"

  if (order.status === "pending_payment" && coversOrder(event, order)) {
    state.payments.add(paymentOf(event, order, "order", now))
    state.orders.replace({ ...order, status: "paid", paidAt: now, updatedAt: now })
    sellHeldUnits(state, order.quantity)
    return "paid"
  }
  if (isPaid(order) && !isSurelyAnotherPayment(received, event)) return "ignored_final"
  state.payments.add(paymentOf(event, order, "refund_due", now))
  return "refund_due"
}

function isPaid(order: Order): boolean {
  return order.status === "paid" || order.status === "refunded"
}

function isSamePayment(payment: Payment, event: PaymentEvent): boolean {
  return (
    payment.provider === event.provider && payment.paymentId !== null && payment.paymentId === event.paymentId
  )
}

/**
 * Only payments with names of their own can be told apart: a second success without one may be
 * a second message about the first payment. The inbox keeps it either way.
 */
function isSurelyAnotherPayment(received: readonly Payment[], event: PaymentEvent): boolean {
  const paying = received.find((payment) => payment.allocation === "order")
  return event.paymentId !== null && paying !== undefined && paying.paymentId !== null
}

function coversOrder(event: PaymentEvent, order: Order): boolean {
  const amount = event.amountMinor ?? order.totalMinor
  const currency = event.currency ?? order.currency
  return currency === order.currency && amount >= order.totalMinor
}

function paymentOf(
  event: PaymentEvent,
  order: Order,
  allocation: Payment["allocation"],
  now: Instant,
): Payment {
  return {
    productId: order.productId,
    orderId: order.id,
    provider: event.provider,
    eventKey: event.key,
    paymentId: event.paymentId,
    amountMinor: event.amountMinor ?? order.totalMinor,
    currency: event.currency ?? order.currency,
    allocation,
    receivedAt: now,
  }
}
