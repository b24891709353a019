import { largestLimit } from "./access.ts"
import { fullLateClaim, lateClaims, type Claim } from "./claims.ts"
import { applyParkedDisputes } from "./apply-dispute.ts"
import { endUnpaidOrder } from "./cancel-order.ts"
import { recordEffect, type EventEffect } from "./payment-event-record.ts"
import { orderAsOfNow, reclaimDue } from "./expire-due.ts"
import { endOfUnpaid, type Order } from "./order.ts"
import { decidePayment, type PaymentDecision, type PaymentSituation } from "./payment-decision.ts"
import type { Payment, PaymentEvent, PaymentEventRecord } from "./payment.ts"
import { lackingLines, variantOf } from "./product-variants.ts"
import { availableUnits, hasVariants, isWithinSale, type Product } from "./product.ts"
import { createRefund } from "./create-refund.ts"
import { hasPassed, later, type Instant } from "./time.ts"
import { sellAvailableUnits, sellHeldUnits } from "./units.ts"
import { eventName, orderIn, productOf, type WorkingSet } from "./working-set.ts"

/**
 * Applies one payment event to its order and records the effect.
 *
 * Money that arrives is always recorded (I7): it pays the order, or a refund of it is due. `event` is new, or
 * was parked until this order existed. Disputes that were parked for the payment are applied afterwards.
 */
export function applyPaymentEvent(
  state: WorkingSet,
  event: PaymentEvent,
  orderId: number,
  now: Instant,
): PaymentEventRecord {
  const effect = applyToOrder(currentOrder(state, orderId, now), { state, event, now })
  const order = currentOrder(state, orderId, now)
  const record = recordEffect(state, event, { order, ...effect }, now)
  const payment = state.payments.get(eventName(event.provider, event.key))
  if (payment !== undefined) applyParkedDisputes(state, payment, now)
  return record
}

function currentOrder(state: WorkingSet, orderId: number, now: Instant): Order {
  return orderAsOfNow(state, orderIn(state, orderId), now)
}

interface Arrival {
  readonly state: WorkingSet
  readonly event: PaymentEvent
  readonly now: Instant
}

function applyToOrder(order: Order, arrival: Arrival): Omit<EventEffect, "order"> {
  if (arrival.event.kind === "succeeded") return receiveMoney(order, arrival)
  if (order.status !== "pending_payment") return { outcome: "ignored_final", late: false }
  endUnpaidOrder(arrival.state, order, arrival.now)
  return { outcome: "cancelled", late: false }
}

function receiveMoney(order: Order, { state, event, now }: Arrival): Omit<EventEffect, "order"> {
  const received = [...state.payments.values()].filter((payment) => payment.orderId === order.id)
  const same = received.find((payment) => isSamePayment(payment, event))
  const decision = decidePayment(situationOf(order, received, { state, event, now }))
  if (decision.action === "ignore") {
    return { outcome: same?.allocation === "refund_due" ? "refund_due" : "ignored_final", late: false }
  }
  const payment = paymentOf(event, order, decision.action === "pay" ? "order" : "refund_due", now)
  state.payments.add(payment)
  if (decision.action === "pay") {
    pay(order, decision, { state, payment, now })
    return { outcome: "paid", late: decision.late }
  }
  const notBefore = decision.waitsForDeadline ? order.expiresAt : now
  createRefund(state, payment, { amountMinor: payment.amountMinor, reason: decision.reason, notBefore }, now)
  return { outcome: "refund_due", late: false }
}

function situationOf(
  order: Order,
  received: readonly Payment[],
  { state, event, now }: Arrival,
): PaymentSituation {
  const { qty, totalMinor } = order
  const amount = event.amountMinor ?? totalMinor
  const end = endOfUnpaid(order)
  // Units of holds and orders whose time is over are available, although their rows still say held.
  if (end !== null) reclaimDue(state, now)
  return {
    order: order.status,
    before: earlierPayment(received, event),
    currency: (event.currency ?? order.currency) === order.currency ? "same" : "different",
    amount: amount === totalMinor ? "exact" : amount < totalMinor ? "too low" : "too high",
    isBeforeLateDeadline: end === null || !hasPassed(later(end, state.rules.latePaymentSeconds), now),
    isWithinSale: isWithinSale(productOf(state), now),
    claims: fullLateClaim(state, claimsOfLate(state, order, now), qty) ?? "free",
    areUnitsAvailable: areUnitsAvailable(productOf(state), order),
  }
}

/** All units of the order or none: where one line lacks a unit, or is not on sale any more, the whole order does. */
function areUnitsAvailable(product: Product, { qty, lines }: Order): boolean {
  if (lines === null) return !hasVariants(product) && qty <= availableUnits(product)
  const areOnSale = lines.every(({ variantId }) => variantOf(product, variantId)?.enabled === true)
  return areOnSale && lackingLines(product, lines).length === 0
}

/** Those that bind the order now. In which phase it was held does not matter: an access is not asked for again. */
function claimsOfLate(state: WorkingSet, order: Order, now: Instant): readonly Claim[] {
  return lateClaims(state, order, largestLimit(productOf(state), now))
}

function earlierPayment(received: readonly Payment[], event: PaymentEvent): PaymentSituation["before"] {
  if (received.some((payment) => isSamePayment(payment, event))) return "same payment"
  const paying = received.find((payment) => payment.allocation === "order")
  if (paying === undefined) return "none"
  // A second success without a payment id may be another message about the first payment, unless its
  // amount or currency differs.
  const isNamed = event.paymentId !== null && paying.paymentId !== null
  const isSameMoney =
    (event.amountMinor ?? paying.amountMinor) === paying.amountMinor &&
    (event.currency ?? paying.currency) === paying.currency
  return !isNamed && isSameMoney ? "perhaps the same" : "none"
}

function isSamePayment(payment: Payment, event: PaymentEvent): boolean {
  return (
    payment.provider === event.provider && payment.paymentId !== null && payment.paymentId === event.paymentId
  )
}

type Paying = Extract<PaymentDecision, { action: "pay" }>

function pay(
  order: Order,
  { late, refundsExcess }: Paying,
  { state, payment, now }: { state: WorkingSet; payment: Payment; now: Instant },
): void {
  if (late) sellAvailableUnits(state, order, claimsOfLate(state, order, now))
  else sellHeldUnits(state, order)
  const paid: Order = { ...order, status: "paid", late, paidAt: now, updatedAt: now }
  state.orders.replace(paid)
  state.facts.push({ kind: "order_paid", order: paid })
  if (!refundsExcess) return
  const amountMinor = payment.amountMinor - order.totalMinor
  createRefund(state, payment, { amountMinor, reason: "amount_too_high", notBefore: now }, now)
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
    refundedMinor: 0,
    disputedMinor: 0,
    receivedAt: now,
  }
}
