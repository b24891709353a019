import { describe, expect, test } from "vitest"
import { awaitPayment, startPayment } from "../../src/domain/extend-order.ts"
import type { Order } from "../../src/domain/order.ts"
import { afterNoon, codeOf, counters, NOON, orderWith, stateWith, TICK } from "../support/builders.ts"

const start = { kind: "start_payment", productId: 1, orderId: 11, payment: null } as const
const wait = { kind: "await_payment", productId: 1, orderId: 11 } as const

describe("when the buyer begins to pay, the deadline", () => {
  // The order was made 60 seconds ago.
  test.each<[string, Partial<Order>, number, number]>([
    ["is three minutes later", { expiresAt: afterNoon(100) }, 280, 1],
    ["is extended a second time", { expiresAt: afterNoon(100), paymentAttempts: 1 }, 280, 2],
    ["is not extended a third time", { expiresAt: afterNoon(100), paymentAttempts: 2 }, 100, 3],
    ["is at most ten minutes after the order", { expiresAt: afterNoon(500) }, 540, 1],
    ["stays where it is at its latest", { expiresAt: afterNoon(540) }, 540, 1],
    ["is never made earlier", { expiresAt: afterNoon(840) }, 840, 1],
    ["is extended up to its last millisecond", { expiresAt: afterNoon(TICK) }, 180 + TICK, 1],
  ])("%s", (_, given, endsIn, attempts) => {
    const state = stateWith({ orders: [orderWith(given)] })
    const outcome = startPayment(state, start, NOON)
    const expected = { expiresAt: afterNoon(endsIn), paymentAttempts: attempts, updatedAt: NOON }
    expect(outcome).toMatchObject({ status: "pending_payment", attempt: null, ...expected })
    expect(state.orders.changed()).toEqual([outcome])
    expect(counters(state)).toEqual({ held: 2, sold: 0 })
  })
})

test("the order keeps the last payment that a page has named", () => {
  const [first, second] = ["pi_1", "pi_2"].map((paymentId) => ({ provider: "stripe", paymentId }))
  const state = stateWith({ orders: [orderWith()] })
  for (const payment of [first ?? null, second ?? null, null])
    startPayment(state, { ...start, payment }, NOON)
  expect(state.orders.get(11)).toMatchObject({ attempt: second, paymentAttempts: 3 })
})

describe("an order whose payment has no result yet", () => {
  test("gets one more minute, once", () => {
    const state = stateWith({ orders: [orderWith({ expiresAt: afterNoon(5) })] })
    const first = awaitPayment(state, wait, NOON)
    expect(first).toMatchObject({ expiresAt: afterNoon(65), awaited: true })
    expect(awaitPayment(state, wait, afterNoon(60))).toEqual(first)
  })
})

describe.each([
  ["starting the payment", (state: ReturnType<typeof stateWith>) => startPayment(state, start, NOON)],
  ["awaiting the payment", (state: ReturnType<typeof stateWith>) => awaitPayment(state, wait, NOON)],
])("%s", (_, run) => {
  test.each<[Partial<Order> | null, string, string | undefined]>([
    [null, "order_not_found", undefined],
    [{ expiresAt: NOON }, "order_expired", "expired"],
    [{ status: "expired" }, "order_expired", "expired"],
    [{ status: "cancelled" }, "order_not_pending", "cancelled"],
    [{ status: "paid" }, "order_not_pending", "paid"],
    [{ status: "refunded" }, "order_not_pending", "refunded"],
  ])("of %o is refused as %s", (given, code, after) => {
    const state = stateWith({ orders: given === null ? [] : [orderWith(given)] })
    expect(codeOf(run(state))).toBe(code)
    expect(state.orders.get(11)?.status).toBe(after)
    expect(counters(state)?.held).toBe(0)
  })
})
