import { expect, test } from "vitest"
import { expireDue } from "../../src/domain/expire-due.ts"
import { afterNoon, counters, holdWith, NOON, orderWith, stateWith, TICK } from "../support/builders.ts"

const sweep = { kind: "expire_due", productId: 1, limit: 10 } as const

/** Three holds and three orders: one before, one at and one after their deadline. */
function mixedState() {
  const deadlines = [afterNoon(-TICK), NOON, afterNoon(TICK)]
  return stateWith({
    product: { stock: 100 },
    holds: [
      ...deadlines.map((expiresAt, index) => holdWith({ id: index + 1, qty: 1, expiresAt })),
      holdWith({ id: 4, qty: 50, status: "converted", expiresAt: NOON }),
      holdWith({ id: 5, qty: 50, status: "released", expiresAt: NOON }),
    ],
    orders: [
      ...deadlines.map((expiresAt, index) =>
        orderWith({ id: index + 11, holdId: index + 11, qty: 10, expiresAt }),
      ),
      orderWith({ id: 14, holdId: 4, qty: 50, status: "paid", expiresAt: NOON }),
    ],
  })
}

test("ends exactly the due holds and orders", () => {
  const state = mixedState()

  expect(expireDue(state, sweep, NOON)).toEqual({ holds: 2, orders: 2, units: 22, more: false })

  expect(state.holds.changed().map((hold) => [hold.id, hold.status])).toEqual([
    [1, "expired"],
    [2, "expired"],
  ])
  expect(state.orders.changed().map((order) => [order.id, order.status])).toEqual([
    [11, "expired"],
    [12, "expired"],
  ])
  expect(counters(state)).toEqual({ held: 11, sold: 50 })
  expect(state.facts.map((fact) => fact.kind)).toEqual([
    "hold_expired",
    "hold_expired",
    "order_expired",
    "order_expired",
  ])
})

test("a second sweep ends nothing", () => {
  const state = mixedState()
  expireDue(state, sweep, NOON)
  const before = counters(state)
  expect(expireDue(state, sweep, NOON)).toEqual({ holds: 0, orders: 0, units: 0, more: false })
  expect(counters(state)).toEqual(before)
})

test.each([
  [3, true],
  [4, true],
  [5, false],
])("when it ended 4 of at most %i: more is %s", (limit, more) => {
  expect(expireDue(mixedState(), { ...sweep, limit }, NOON).more).toBe(more)
})

test("an unknown product has nothing to end", () => {
  expect(expireDue(stateWith({ product: null }), sweep, NOON)).toEqual({
    holds: 0,
    orders: 0,
    units: 0,
    more: false,
  })
})
