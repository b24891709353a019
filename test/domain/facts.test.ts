import { expect, test } from "vitest"
import type { Command } from "../../src/domain/commands.ts"
import { execute } from "../../src/domain/execute.ts"
import {
  afterNoon,
  askFor,
  eventWith,
  holdWith,
  NOON,
  orderWith,
  parkedEvent,
  stateWith,
  type Given,
} from "../support/builders.ts"

const release = { kind: "release_hold", productId: 1, holdId: 1 } as const
const order = { kind: "place_order", productId: 1, orderId: 11, holdId: 1 } as const
const cancel = { kind: "cancel_order", productId: 1, orderId: 11 } as const
const sweep = { kind: "expire_due", productId: 1, limit: 10 } as const
const pay = { kind: "record_payment_event", productId: 1, event: eventWith(), newOrderId: 11 } as const
const adjust = { kind: "adjust_stock", productId: 1, stock: 20, expected: 10, adjustmentId: 5 } as const

test.each<[string, Given, Command, string[]]>([
  ["a hold", {}, askFor(1), ["hold_created"]],
  ["a refused hold", { product: { paused: true } }, askFor(1), []],
  ["a release", { holds: [holdWith()] }, release, ["hold_released"]],
  ["an order", { holds: [holdWith()] }, order, ["order_created"]],
  [
    "an order with a parked event",
    { holds: [holdWith()], events: [parkedEvent()] },
    order,
    ["order_created", "order_paid", "payment_event"],
  ],
  ["a cancellation", { orders: [orderWith()] }, cancel, ["order_cancelled"]],
  ["a payment", { orders: [orderWith()] }, pay, ["order_paid", "payment_event"]],
  [
    "a payment of too much",
    { orders: [orderWith()] },
    { ...pay, event: eventWith({ amountMinor: 20_000 }) },
    ["order_paid", "refund_due", "payment_event"],
  ],
  [
    "a failure",
    { orders: [orderWith()] },
    { ...pay, event: eventWith({ kind: "failed" }) },
    ["order_cancelled", "payment_event"],
  ],
  [
    "an event that makes its order",
    { holds: [holdWith()] },
    { ...pay, event: eventWith({ holdId: 1, productId: 1, quantity: 2 }) },
    ["order_created", "order_paid", "payment_event"],
  ],
  ["an event of an unknown order", {}, pay, []],
  ["a change of stock", {}, adjust, ["stock_adjusted"]],
])("%s adds facts in order, with the request that caused them", (_, given, command, kinds) => {
  const state = stateWith(given)
  execute(state, { ...command, requestId: "req-1" }, NOON)
  expect(state.facts.map((fact) => [fact.kind, fact.requestId])).toEqual(kinds.map((kind) => [kind, "req-1"]))
})

test("each fact of a batch has the request of its own command", () => {
  const state = stateWith()
  execute(state, { ...askFor(1, { holdId: 100 }), requestId: "req-1" }, NOON)
  execute(state, askFor(1, { holdId: 101 }), NOON)
  execute(state, { ...askFor(1, { holdId: 102 }), requestId: "req-3" }, NOON)
  expect(state.facts.map((fact) => fact.requestId)).toEqual(["req-1", undefined, "req-3"])
})

test("facts of a sweep have no request", () => {
  const state = stateWith({
    holds: [holdWith({ expiresAt: NOON })],
    orders: [orderWith({ holdId: 2, expiresAt: NOON })],
  })
  execute(state, sweep, NOON)
  expect(state.facts.map((fact) => [fact.kind, fact.requestId])).toEqual([
    ["hold_expired", undefined],
    ["order_expired", undefined],
  ])
})

// No request causes an expiry, even if a request finds the row due.
test("an expiry has no request, also when a request finds the hold due", () => {
  const state = stateWith({ holds: [holdWith({ qty: 10, expiresAt: NOON })] })
  execute(state, { ...askFor(1), requestId: "req-1" }, NOON)
  expect(state.facts.map((fact) => [fact.kind, fact.requestId])).toEqual([
    ["hold_expired", undefined],
    ["hold_created", "req-1"],
  ])
})

test("an order that expired before its buyer cancelled it has no request", () => {
  const state = stateWith({ orders: [orderWith({ expiresAt: NOON })] })
  execute(state, { ...cancel, requestId: "req-1" }, NOON)
  expect(state.facts.map((fact) => [fact.kind, fact.requestId])).toEqual([["order_expired", undefined]])
})

test("a later change does not alter the row of a fact", () => {
  const state = stateWith()
  execute(state, askFor(1, { holdId: 1 }), NOON)
  execute(state, release, afterNoon(1))
  expect(state.facts).toMatchObject([
    { kind: "hold_created", hold: { status: "active", endedAt: null } },
    { kind: "hold_released", hold: { status: "released", endedAt: afterNoon(1) } },
  ])
})
