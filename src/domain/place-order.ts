import type { PlacedOrder, PlaceOrder } from "./commands.ts"
import { detailsErrors, isNothing, missingDetails, noDetails, type Details } from "./details.ts"
import { expireHold, orderAsOfNow } from "./expire-due.ts"
import { isDueHold, type Hold } from "./hold.ts"
import type { Order, OrderOrigin } from "./order.ts"
import { commonPrice, totalOf, type OrderLine } from "./lines.ts"
import type { PaymentEventRecord } from "./payment.ts"
import { applyPaymentEvent } from "./apply-payment-event.ts"
import type { Product } from "./product.ts"
import { isRefusal, type PlaceOrderRefusal } from "./refusals.ts"
import { haveSameFields, mergeShopFields, type ShopFields } from "./shop-fields.ts"
import { later, type Instant } from "./time.ts"
import { payIfFree } from "./pay-if-free.ts"
import { isUntold, storeDetails } from "./set-details.ts"
import { orderIn, orderOfHold, productOf, type WorkingSet } from "./working-set.ts"

/**
 * Makes an order from an active hold, at the hold's price.
 *
 * A hold becomes at most one order (I3); its units stay held until the order is paid or ends. Payment events
 * parked for the order's id are applied at once, in the order of arrival, so the order may be returned paid.
 * When a payment event has made the hold's order already, returns that order with `existed`.
 */
export function placeOrder(
  state: WorkingSet,
  command: PlaceOrder,
  now: Instant,
): PlacedOrder | PlaceOrderRefusal {
  const hold = state.holds.get(command.holdId)
  if (hold === undefined) return { code: "hold_not_found" }

  const present = orderOfHold(state, hold.id)
  const isPresent = present?.origin === "payment_event"
  const refusal = (isPresent ? null : refuseOrder(state, hold, now)) ?? refuseDetails(state, command)
  if (refusal !== null) return refusal
  if (isPresent) return adoptOrder(state, { hold, order: present, command }, now)
  const fields = mergeShopFields(hold, command)
  if (isRefusal(fields)) return fields

  const { orderId, details = noDetails } = command
  convertHold(state, hold, { orderId, origin: "buyer", details, fields, language: command.language }, now)
  applyParkedEvents(state, command.orderId, now)
  return { order: orderIn(state, command.orderId), existed: false }
}

function refuseDetails(state: WorkingSet, { details }: PlaceOrder): PlaceOrderRefusal | null {
  const errors = details === undefined ? [] : detailsErrors(productOf(state).collect, details)
  if (errors.length === 0) return null
  const inRequest = errors.map(({ pointer, detail }) => ({ pointer: `/details${pointer}`, detail }))
  return { code: "details_invalid", errors: inRequest }
}

/**
 * Returns the order that a payment event has made, with the details, the language and the shop's fields of the request. Those of the
 * first request stay, as in an order that a request has made.
 */
function adoptOrder(
  state: WorkingSet,
  { hold, order, command }: { hold: Hold; order: Order; command: PlaceOrder },
  now: Instant,
): PlacedOrder | PlaceOrderRefusal {
  const { reference, metadata, details, language } = command
  if ((reference !== undefined || metadata !== undefined) && haveSameFields(hold, order)) {
    const fields = mergeShopFields(order, command)
    if (isRefusal(fields)) return fields
    state.orders.replace({ ...order, ...fields })
  }
  const present = orderIn(state, order.id)
  if (language !== undefined && present.language === null) state.orders.replace({ ...present, language })
  const adopted = orderAsOfNow(state, orderIn(state, order.id), now)
  payIfFree(state, giveFirstDetails(state, adopted, details), now)
  return { order: orderIn(state, adopted.id), existed: true }
}

/** The buyer's request brings the details of an order that a payment event has made: they are taken once. */
function giveFirstDetails(state: WorkingSet, order: Order, details: Details | undefined): Order {
  const isFirst = details !== undefined && isUntold(state.details.get(order.id))
  return isFirst ? storeDetails(state, order, details) : order
}

/** Returns why no order can be made from `hold`, or null. Expires the hold if it is due. */
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

interface NewOrder {
  readonly orderId: number
  readonly origin: OrderOrigin
  readonly details: Details
  /** Those of the hold, if not given. */
  readonly fields?: ShopFields
  readonly language?: string | undefined
}

/**
 * Turns an active hold into an order that waits for payment; the units stay held. An order of 0.00 is paid at
 * once, unless details are missing.
 */
export function convertHold(
  state: WorkingSet,
  hold: Hold,
  { orderId, origin, details, fields = hold, language }: NewOrder,
  now: Instant,
): Order {
  const order: Order = {
    id: orderId,
    productId: hold.productId,
    holdId: hold.id,
    customerId: hold.customerId,
    claimants: hold.claimants,
    qty: hold.qty,
    ...priceOf(productOf(state), hold),
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
    reference: fields.reference,
    metadata: fields.metadata,
    missingDetails: missingDetails(productOf(state).collect, details),
    language: language ?? null,
    createdAt: now,
    updatedAt: now,
  }
  state.holds.replace({ ...hold, status: "converted", endedAt: now })
  state.orders.add(order)
  state.orderIdByHold.set(hold.id, order.id)
  state.facts.push({ kind: "order_created", order })
  if (order.missingDetails !== null || !isNothing(details)) {
    state.details.add({ orderId, erased: false, ...details })
  }
  payIfFree(state, order, now)
  return orderIn(state, order.id)
}

/** A hold that a server of an earlier version has placed says no price; its order costs what the product costs now. */
function priceOf(
  product: Product,
  { qty, lines, unitPriceMinor, currency }: Hold,
): Pick<Order, "lines" | "unitPriceMinor" | "totalMinor" | "currency"> {
  if (lines !== null) {
    const ordered = lines.map((line): OrderLine => ({ ...line, restockedQty: 0 }))
    return {
      lines: ordered,
      unitPriceMinor: commonPrice(lines),
      totalMinor: totalOf(lines),
      currency: currency ?? product.currency,
    }
  }
  const held = currency === null ? null : unitPriceMinor
  const price = held ?? product.priceMinor
  const totalMinor = price * qty
  return { lines: null, unitPriceMinor: price, totalMinor, currency: currency ?? product.currency }
}

/**
 * Applies the events that were parked for an order's id, in the order of arrival. Skips an event that names
 * another hold, because it is about another buyer's order, and one whose money was returned by hand.
 */
export function applyParkedEvents(state: WorkingSet, orderId: number, now: Instant): void {
  const { holdId } = orderIn(state, orderId)
  const isOfOrder = (event: PaymentEventRecord) =>
    event.orderId === orderId && (event.holdId === null || event.holdId === holdId)
  const parked = [...state.events.values()]
    .filter((event) => event.outcome === "parked" && event.returnedAt === null && isOfOrder(event))
    .sort((a, b) => a.receivedAt - b.receivedAt)
  for (const event of parked) if (event.disputeId === null) applyPaymentEvent(state, event, orderId, now)
}
