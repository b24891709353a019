import { describe, expect, test } from "vitest"
import { recordPaymentEvent } from "../../src/domain/record-payment-event.ts"
import type { RefundReason } from "../../src/domain/refund.ts"
import {
  afterNoon,
  counters,
  eventWith,
  holdWith,
  NOON,
  orderWith,
  stateWith,
  successOf,
  TICK,
  type Given,
} from "../support/builders.ts"

const LATE = 600
const success = { kind: "record_payment_event", productId: 1, event: eventWith(), newOrderId: 99 } as const
const cancelled = (given = {}) => orderWith({ status: "cancelled", updatedAt: afterNoon(-1), ...given })
const expired = (given = {}) => orderWith({ status: "expired", expiresAt: afterNoon(-1), ...given })
const anna = (units: number) => [{ claimant: "c:anna", units, unitLimit: 9 }]
const lapsed = holdWith({ id: 5, qty: 10, expiresAt: afterNoon(-5) })

describe("money that arrives after the order's end", () => {
  test.each<[string, Given, RefundReason | "paid"]>([
    ["cancelled", { orders: [cancelled()] }, "paid"],
    ["expired", { orders: [expired()] }, "paid"],
    ["past its deadline but not swept", { orders: [orderWith({ expiresAt: NOON })] }, "paid"],
    ["cancelled a moment less than ten minutes ago", cancelledAt(TICK - LATE), "paid"],
    ["cancelled ten minutes ago", cancelledAt(-LATE), "paid_too_late"],
    ["expired a moment less than ten minutes ago", expiredAt(TICK - LATE), "paid"],
    ["expired ten minutes ago", expiredAt(-LATE), "paid_too_late"],
    [
      "swept long after it expired",
      { orders: [expired({ expiresAt: afterNoon(-LATE), updatedAt: NOON })] },
      "paid_too_late",
    ],
    ["the sale closes now", { product: { closesAt: NOON }, orders: [expired()] }, "sale_over"],
    ["the sale closes in a moment", { product: { closesAt: afterNoon(TICK) }, orders: [expired()] }, "paid"],
    ["the sale opens now", { product: { opensAt: NOON }, orders: [expired()] }, "paid"],
    ["the sale was put off", { product: { opensAt: afterNoon(TICK) }, orders: [expired()] }, "sale_over"],
    ["the sale is paused", { product: { paused: true }, orders: [expired()] }, "paid"],
    ["exactly its units are available", { product: { sold: 8 }, orders: [expired()] }, "paid"],
    ["one of its units is sold", { product: { sold: 9 }, orders: [expired()] }, "units_not_available"],
    ["its units are held", { product: { held: 10 }, orders: [expired()] }, "units_not_available"],
    ["its units are held by a hold that is due", { holds: [lapsed], orders: [expired()] }, "paid"],
    ["the limit is just enough", limited(4, 2), "paid"],
    ["the limit is reached", limited(4, 3), "customer_limit_reached"],
    ["the limit is reached by a hold that is due", { ...limited(4, 3), holds: [lapsedOfAnna()] }, "paid"],
    [
      "there is a limit, and the order names no customer",
      { product: { maxPerCustomer: 1 }, orders: [expired()] },
      "paid",
    ],
  ])("%s: %s", (_, given, expected) => {
    const state = stateWith(given)
    const before = counters(state)

    const { event } = successOf(recordPaymentEvent(state, success, NOON))

    const isPaid = expected === "paid"
    expect(event).toMatchObject({ outcome: isPaid ? "paid" : "refund_due", late: isPaid })
    expect(state.orders.get(11)).toMatchObject(
      isPaid ? { status: "paid", late: true, paidAt: NOON, updatedAt: NOON } : { late: false, paidAt: null },
    )
    expect(state.payments.added()).toMatchObject([
      isPaid
        ? { allocation: "order", refundedMinor: 0 }
        : { allocation: "refund_due", refundedMinor: 19_998 },
    ])
    const back = { orderId: 11, number: 1, amountMinor: 19_998, status: "due", notBefore: NOON }
    expect(state.refunds.added()).toMatchObject(isPaid ? [] : [{ ...back, reason: expected }])
    expect(counters(state)?.sold).toBe((before?.sold ?? 0) + (isPaid ? 2 : 0))
    expect(state.claims.added()).toEqual([])
  })

  // A customer without a row has no units.
  test.each([
    [2, "paid", [{ claimant: "c:anna", units: 2, unitLimit: 2 }]],
    [1, "refund_due", []],
    [null, "paid", [{ claimant: "c:anna", units: 2, unitLimit: null }]],
  ])("a customer without a row, with a limit of %s: %s", (maxPerCustomer, outcome, customers) => {
    const state = stateWith({ product: { maxPerCustomer }, orders: [expired({ customerId: "anna" })] })
    expect(successOf(recordPaymentEvent(state, success, NOON)).event.outcome).toBe(outcome)
    expect(state.claims.added()).toEqual(customers)
  })

  test("due holds of other buyers are ended for late money, and not for money in time", () => {
    for (const order of [orderWith(), expired()]) {
      const state = stateWith({ holds: [holdWith({ id: 5, expiresAt: NOON })], orders: [order] })
      recordPaymentEvent(state, success, NOON)
      expect(state.holds.changed()).toHaveLength(order.status === "expired" ? 1 : 0)
    }
  })

  test("the customer owns the units again, under the current limit", () => {
    const state = stateWith(limited(4, 2))
    recordPaymentEvent(state, success, NOON)
    expect(state.claims.changed()).toEqual([{ claimant: "c:anna", units: 4, unitLimit: 4 }])
  })

  test("a customer without a loaded row gets back the units that the same batch returned", () => {
    const state = stateWith({ product: { maxPerCustomer: 2 }, orders: [orderWith({ customerId: "anna" })] })
    const failure = { ...success, event: eventWith({ key: "no", kind: "failed" }) }
    recordPaymentEvent(state, failure, NOON)
    expect([...state.claimReturns]).toEqual([["c:anna", 2]])

    expect(successOf(recordPaymentEvent(state, success, NOON)).event).toMatchObject({ late: true })
    expect([...state.claimReturns]).toEqual([["c:anna", 0]])
    expect(counters(state)).toEqual({ held: 0, sold: 2 })
  })

  test("the order's price counts, not the current price of the product", () => {
    const event = eventWith({ amountMinor: 19_998 })
    const state = stateWith({ product: { priceMinor: 50_000 }, orders: [expired()] })
    expect(successOf(recordPaymentEvent(state, { ...success, event }, NOON)).event.outcome).toBe("paid")
  })

  test("a further success for an order that was paid late is refunded", () => {
    const state = stateWith({ orders: [expired()] })
    const second = eventWith({ key: "2", paymentId: "pay-2" })
    recordPaymentEvent(state, { ...success, event: eventWith({ paymentId: "pay-1" }) }, NOON)
    recordPaymentEvent(state, { ...success, event: second }, NOON)
    expect(state.refunds.added()).toMatchObject([{ reason: "second_payment", eventKey: "2" }])
    expect(counters(state)).toEqual({ held: 0, sold: 2 })
  })
})

describe("money in the wrong amount", () => {
  test("more than the total pays the order, and the excess is refunded", () => {
    const state = stateWith({ orders: [orderWith()] })
    const event = eventWith({ amountMinor: 20_000 })
    expect(successOf(recordPaymentEvent(state, { ...success, event }, NOON)).event.outcome).toBe("paid")
    expect(state.payments.added()).toMatchObject([{ amountMinor: 20_000, refundedMinor: 2 }])
    expect(state.refunds.added()).toMatchObject([
      { amountMinor: 2, reason: "amount_too_high", notBefore: NOON },
    ])
    expect(state.orders.get(11)).toMatchObject({ status: "paid", refundCount: 1 })
  })

  test("too little is refunded at the deadline of an order that waits", () => {
    const state = stateWith({ orders: [orderWith()] })
    const event = eventWith({ amountMinor: 19_997 })
    recordPaymentEvent(state, { ...success, event }, NOON)
    expect(state.refunds.added()).toMatchObject([
      { amountMinor: 19_997, reason: "amount_too_low", status: "due", notBefore: afterNoon(600) },
    ])
    expect(state.orders.get(11)).toMatchObject({ status: "pending_payment", updatedAt: afterNoon(-60) })
  })

  test("a payment of 0 needs no refund", () => {
    const state = stateWith({ orders: [orderWith()] })
    recordPaymentEvent(state, { ...success, event: eventWith({ amountMinor: 0 }) }, NOON)
    expect(state.payments.added()).toMatchObject([{ amountMinor: 0, allocation: "refund_due" }])
    expect(state.refunds.added()).toEqual([])
  })

  test("money in another currency is refunded in that currency", () => {
    const state = stateWith({ orders: [orderWith()] })
    recordPaymentEvent(state, { ...success, event: eventWith({ amountMinor: 5, currency: "USD" }) }, NOON)
    expect(state.refunds.added()).toMatchObject([
      { amountMinor: 5, currency: "USD", reason: "wrong_currency" },
    ])
  })
})

function cancelledAt(seconds: number): Given {
  return { orders: [cancelled({ updatedAt: afterNoon(seconds) })] }
}

function expiredAt(seconds: number): Given {
  return { orders: [expired({ expiresAt: afterNoon(seconds) })] }
}

function limited(maxPerCustomer: number, owned: number): Given {
  return { product: { maxPerCustomer }, claims: anna(owned), orders: [expired({ customerId: "anna" })] }
}

function lapsedOfAnna() {
  return holdWith({ id: 5, qty: 1, customerId: "anna", expiresAt: afterNoon(-5) })
}
