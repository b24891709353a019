import { describe, expect, test } from "vitest"
import type { HoldStatus } from "../../src/domain/hold.ts"
import { applyPaymentEvent } from "../../src/domain/apply-payment-event.ts"
import { placeOrder } from "../../src/domain/place-order.ts"
import {
  afterNoon,
  codeOf,
  counters,
  eventWith,
  holdWith,
  NOON,
  orderWith,
  parkedEvent,
  RULES,
  stateWith,
  successOf,
  TICK,
} from "../support/builders.ts"

const order = { kind: "place_order", productId: 1, orderId: 11, holdId: 1 } as const

test.each<[HoldStatus, number, string | null, HoldStatus, number]>([
  // status     ends in s  refusal          status after  held after
  ["active", TICK, null, "converted", 2],
  ["active", 0, "hold_expired", "expired", 0],
  ["active", -TICK, "hold_expired", "expired", 0],
  ["released", 60, "hold_released", "released", 0],
  ["expired", -60, "hold_expired", "expired", 0],
])("from a hold that is %s and ends in %f s: %s", (status, endsIn, code, after, held) => {
  const state = stateWith({ holds: [holdWith({ status, expiresAt: afterNoon(endsIn) })] })

  const outcome = placeOrder(state, order, NOON)

  expect(codeOf(outcome)).toBe(code)
  expect(state.holds.get(1)?.status).toBe(after)
  expect(counters(state)).toEqual({ held, sold: 0 })
  expect(state.orders.added()).toHaveLength(code === null ? 1 : 0)
})

test("from an unknown hold: hold_not_found", () => {
  expect(placeOrder(stateWith(), order, NOON)).toEqual({ code: "hold_not_found" })
})

test("from a hold that the buyer has used: hold_already_used with its order (I3)", () => {
  const state = stateWith({ holds: [holdWith({ status: "converted" })], orders: [orderWith({ id: 7 })] })
  expect(placeOrder(state, order, NOON)).toEqual({ code: "hold_already_used", orderId: 7 })
  expect(state.orders.added()).toEqual([])
})

test("twice in one batch makes one order (I3)", () => {
  const state = stateWith({ holds: [holdWith()] })
  placeOrder(state, order, NOON)
  const second = placeOrder(state, { ...order, orderId: 12 }, NOON)
  expect(second).toEqual({ code: "hold_already_used", orderId: 11 })
  expect(state.orders.added()).toHaveLength(1)
})

test("the order has the hold's units, customer and price, and its own deadline", () => {
  const state = stateWith({
    product: { priceMinor: 1_700, currency: "EUR" },
    holds: [holdWith({ qty: 3, customerId: "anna", unitPriceMinor: 1_500, currency: "KWD" })],
  })

  const placed = successOf(placeOrder(state, order, NOON))

  expect(placed).toEqual({
    existed: false,
    order: {
      id: 11,
      productId: 1,
      holdId: 1,
      claimants: null,
      customerId: "anna",
      qty: 3,
      lines: null,
      unitPriceMinor: 1_500,
      totalMinor: 4_500,
      currency: "KWD",
      status: "pending_payment",
      origin: "buyer",
      expiresAt: afterNoon(RULES.paymentTtlSeconds),
      paidAt: null,
      late: false,
      restockedQty: 0,
      refundCount: 0,
      paymentAttempts: 0,
      attempt: null,
      awaited: false,
      missingDetails: null,
      language: null,
      reference: null,
      metadata: null,
      createdAt: NOON,
      updatedAt: NOON,
    },
  })
  expect(state.holds.changed()).toMatchObject([{ id: 1, status: "converted", endedAt: NOON }])
  expect(state.claimReturns.size).toBe(0)
  expect(state.facts).toEqual([{ kind: "order_created", order: placed.order }])
})

test("a hold of an earlier version has no price: its order costs what the product costs now", () => {
  const state = stateWith({
    product: { priceMinor: 1_700, currency: "CHF" },
    holds: [holdWith({ qty: 3, unitPriceMinor: null, currency: null })],
  })
  const placed = successOf(placeOrder(state, order, NOON))
  expect(placed.order).toMatchObject({ unitPriceMinor: 1_700, totalMinor: 5_100, currency: "CHF" })
})

describe("an order of 0.00", () => {
  const free = { holds: [holdWith({ qty: 3, customerId: "anna", unitPriceMinor: 0 })] }

  test("is paid when it is made, by a payment of 0", () => {
    const state = stateWith(free)
    const placed = successOf(placeOrder(state, order, NOON))
    expect(placed.order).toMatchObject({ status: "paid", totalMinor: 0, paidAt: NOON, late: false })
    expect(counters(state)).toEqual({ held: 0, sold: 3 })
    expect(state.facts.map(({ kind }) => kind)).toEqual(["order_created", "order_paid"])
    expect(state.payments.added()).toMatchObject([
      { provider: "free", eventKey: "order-11", amountMinor: 0, allocation: "order" },
    ])
    expect(state.events.added()).toMatchObject([{ key: "order-11", outcome: "paid", appliedOrderId: 11 }])
  })

  test.each([
    ["a payment of 0", 0, "ignored_final", 0],
    ["a payment without an amount", null, "ignored_final", 0],
    ["a payment of 5", 5, "refund_due", 1],
  ])("judges %s that arrives for it", (_, amountMinor, outcome, refunds) => {
    const state = stateWith(free)
    placeOrder(state, order, NOON)
    const event = eventWith({ orderId: 11, paymentId: "pay-1", amountMinor })
    expect(applyPaymentEvent(state, event, 11, NOON).outcome).toBe(outcome)
    expect(state.refunds.added()).toHaveLength(refunds)
    expect(state.orders.get(11)?.status).toBe("paid")
  })

  test("stays paid when a message reports a failed payment", () => {
    const state = stateWith(free)
    placeOrder(state, order, NOON)
    const event = eventWith({ orderId: 11, kind: "failed" })
    expect(applyPaymentEvent(state, event, 11, NOON).outcome).toBe("ignored_final")
  })
})

describe("when a payment event has made the order already", () => {
  test.each(["pending_payment", "paid", "cancelled", "expired"] as const)(
    "an order that is %s is returned as it is",
    (status) => {
      const made = orderWith({ id: 7, origin: "payment_event", status })
      const state = stateWith({ holds: [holdWith({ status: "converted" })], orders: [made] })
      const before = counters(state)

      expect(placeOrder(state, order, NOON)).toEqual({ order: made, existed: true })

      expect(counters(state)).toEqual(before)
      expect(state.orders.added()).toEqual([])
    },
  )

  // An event with too little money may have made an order that waits for payment.
  test("an order whose deadline has passed is returned as expired (I6)", () => {
    const made = orderWith({ id: 7, origin: "payment_event", expiresAt: NOON })
    const state = stateWith({ holds: [holdWith({ status: "converted" })], orders: [made] })
    const placed = successOf(placeOrder(state, order, NOON))
    expect(placed).toMatchObject({ existed: true, order: { id: 7, status: "expired" } })
  })
})

describe("events parked for the order", () => {
  const failed = { key: "failed", kind: "failed", receivedAt: afterNoon(-20) } as const
  const succeeded = { key: "succeeded", kind: "succeeded", receivedAt: afterNoon(-10) } as const

  test.each([
    // in the inbox                order  late   outcomes by key            held sold
    [[succeeded], "paid", false, { succeeded: "paid" }, 0, 2],
    [[failed], "cancelled", false, { failed: "cancelled" }, 0, 0],
    [[failed, succeeded], "paid", true, { failed: "cancelled", succeeded: "paid" }, 0, 2],
    // The order of arrival decides, not the order of loading.
    [[succeeded, failed], "paid", true, { failed: "cancelled", succeeded: "paid" }, 0, 2],
    [
      [{ ...failed, receivedAt: afterNoon(-5) }, succeeded],
      "paid",
      false,
      { succeeded: "paid", failed: "ignored_final" },
      0,
      2,
    ],
    [[{ ...succeeded, orderId: 12 }], "pending_payment", false, { succeeded: "parked" }, 2, 0],
    [[{ ...succeeded, holdId: 2 }], "pending_payment", false, { succeeded: "parked" }, 2, 0],
    [[{ ...succeeded, holdId: 1 }], "paid", false, { succeeded: "paid" }, 0, 2],
    [[{ ...succeeded, returnedAt: NOON }], "pending_payment", false, { succeeded: "parked" }, 2, 0],
    // The event has made its order under another id, because the id it names was taken.
    [
      [{ ...succeeded, outcome: "paid", appliedOrderId: 12, appliedAt: afterNoon(-5) }],
      "pending_payment",
      false,
      { succeeded: "paid" },
      2,
      0,
    ],
  ] as const)("%o: %s, late %s, %o", (events, status, late, outcomes, held, sold) => {
    const state = stateWith({ holds: [holdWith()], events: events.map((event) => parkedEvent(event)) })

    const placed = successOf(placeOrder(state, order, NOON))

    expect(placed.order).toMatchObject({ id: 11, status, late })
    expect(Object.fromEntries([...state.events.values()].map(({ key, outcome }) => [key, outcome]))).toEqual(
      outcomes,
    )
    expect(counters(state)).toEqual({ held, sold })
  })

  test("keep their time of arrival and get the time they were applied", () => {
    const state = stateWith({ holds: [holdWith()], events: [parkedEvent(succeeded)] })
    placeOrder(state, order, NOON)
    expect(state.events.added()).toEqual([])
    expect(state.events.changed()).toMatchObject([
      { receivedAt: afterNoon(-10), appliedAt: NOON, appliedOrderId: 11, orderStatus: "paid" },
    ])
  })
})
