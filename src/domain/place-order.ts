import type { PlacedOrder, PlaceOrder } from "./commands.ts"
import { expireHold, orderAsOfNow } from "./expire-due.ts"
import { isDueHold, type Hold } from "./hold.ts"
import type { Order, OrderOrigin } from "./order.ts"
import { FREE, type PaymentEvent, type PaymentEventRecord } from "./payment.ts"
import { applyPaymentEvent } from "./apply-payment-event.ts"
import type { PlaceOrderRefusal } from "./refusals.ts"
import { later, type Instant } from "./time.ts"
import { orderIn, orderOfHold, productOf, type WorkingSet } from "./working-set.ts"

/**
 * Makes an order from an active hold, at the product's price of this moment.
 *
 * A hold becomes at most one order (I3); its units stay held until the order ends. Payment events
 * that were parked for this order's id are applied at once, in the order they came, so the order
 * may be returned paid. When a payment event has made the hold's order already, that order is
 * returned with `existed`.
 */
export function placeOrder(
  state: WorkingSet,
  command: PlaceOrder,
  now: Instant,
): PlacedOrder | PlaceOrderRefusal {
  const hold = state.holds.get(command.holdId)
  if (hold === undefined) return { code: "hold_not_found" }

  const present = orderOfHold(state, hold.id)
  if (present?.origin === "payment_event") return { order: orderAsOfNow(state, present, now), existed: true }

  const refusal = refuseOrder(state, hold, now)
  if (refusal !== null) return refusal

  convertHold(state, hold, { orderId: command.orderId, origin: "buyer" }, now)
  applyParkedEvents(state, command.orderId, now)
  return { order: orderIn(state, command.orderId), existed: false }
}

/** Why `hold` can become no order now, or null. Ends the hold when its time is over. */
export function refuseOrder(state: WorkingSet, hold: Hold, now: Instant): PlaceOrderRefusal | null {
  if (hold.status === "converted") {
    return { code: "hold_already_used", orderId: state.orderIdByHold.get(hold.id) ?? null }
  }
  if (hold.status === "released") return { code: "hold_released" }
  if (hold.status === "expired") return { code: "hold_expired" }
  if (isDueHold(hold, now)) {
    expireHold(state, hold, now)
    return { code: "hold_expired" }
  }
  return null
}

/**
 * Turns an active hold into an order waiting for payment. The units stay held. One that costs nothing waits
 * for nothing: it is paid at once.
 */
export function convertHold(
  state: WorkingSet,
  hold: Hold,
  { orderId, origin }: { orderId: number; origin: OrderOrigin },
  now: Instant,
): Order {
  const product = productOf(state)
  const order: Order = {
    id: orderId,
    productId: hold.productId,
    holdId: hold.id,
    customerId: hold.customerId,
    qty: hold.qty,
    unitPriceMinor: product.priceMinor,
    totalMinor: product.priceMinor * hold.qty,
    currency: product.currency,
    status: "pending_payment",
    origin,
    expiresAt: later(now, state.rules.paymentTtlSeconds),
    paidAt: null,
    late: false,
    restockedQty: 0,
    refundCount: 0,
    paymentAttempts: 0,
    attempt: null,
    awaited: false,
    createdAt: now,
    updatedAt: now,
  }
  state.holds.replace({ ...hold, status: "converted", endedAt: now })
  state.orders.add(order)
  state.orderIdByHold.set(hold.id, order.id)
  state.facts.push({ kind: "order_created", order })
  if (order.totalMinor === 0) applyPaymentEvent(state, paymentOfNothing(order), order.id, now)
  return orderIn(state, order.id)
}

/** It leaves the rows that every payment leaves, so that all that holds of paid orders holds of this one. */
function paymentOfNothing({ id, currency }: Order): PaymentEvent {
  return {
    provider: FREE,
    key: `order-${id}`,
    fingerprint: FREE,
    kind: "succeeded",
    orderId: id,
    paymentId: null,
    amountMinor: 0,
    currency,
    holdId: null,
    productId: null,
    quantity: null,
    disputeId: null,
  }
}

/**
 * Applies the events that were parked for an order's id, in the order they came. One that names another
 * hold than the order was made from is about somebody else's order, and one whose money was sent back
 * by hand acts on none.
 */
export function applyParkedEvents(state: WorkingSet, orderId: number, now: Instant): void {
  const { holdId } = orderIn(state, orderId)
  const isMeant = (event: PaymentEventRecord) =>
    event.orderId === orderId && (event.holdId === null || event.holdId === holdId)
  const parked = [...state.events.values()]
    .filter((event) => event.outcome === "parked" && event.returnedAt === null && isMeant(event))
    .sort((a, b) => a.receivedAt - b.receivedAt)
  for (const event of parked) if (event.disputeId === null) applyPaymentEvent(state, event, orderId, now)
}
