import { expect, test } from "vitest"
import { cancelOrder } from "../../src/domain/cancel-order.ts"
import type { OrderStatus } from "../../src/domain/order.ts"
import { afterNoon, codeOf, counters, NOON, orderWith, stateWith, TICK } from "../support/builders.ts"

const cancel = { kind: "cancel_order", productId: 1, orderId: 11 } as const

test.each<[OrderStatus, number, string | null, OrderStatus, number, number]>([
  // status       ends in s  refusal            status after  held sold
  ["pending_payment", TICK, null, "cancelled", 0, 0],
  ["pending_payment", 0, "order_expired", "expired", 0, 0],
  ["pending_payment", -TICK, "order_expired", "expired", 0, 0],
  ["cancelled", 60, null, "cancelled", 0, 0],
  ["cancelled", -60, null, "cancelled", 0, 0],
  ["expired", -60, "order_expired", "expired", 0, 0],
  ["paid", 60, "order_not_pending", "paid", 0, 2],
  ["paid", -60, "order_not_pending", "paid", 0, 2],
  ["refunded", 60, "order_not_pending", "refunded", 0, 2],
])("an order that is %s and ends in %f s: %s, then %s", (status, endsIn, code, after, held, sold) => {
  const order = orderWith({ status, expiresAt: afterNoon(endsIn), customerId: "anna" })
  const state = stateWith({ orders: [order] })

  const outcome = cancelOrder(state, cancel, NOON)

  expect(codeOf(outcome)).toBe(code)
  expect(state.orders.get(11)?.status).toBe(after)
  expect(counters(state)).toEqual({ held, sold })
  const hasEnded = status === "pending_payment"
  expect([...state.claimReturns]).toEqual(hasEnded ? [["c:anna", 2]] : [])
  expect(state.orders.changed()).toEqual(hasEnded ? [{ ...order, status: after, updatedAt: NOON }] : [])
  expect(state.facts.map((fact) => fact.kind)).toEqual(
    hasEnded ? [after === "cancelled" ? "order_cancelled" : "order_expired"] : [],
  )
})

test("an unknown order is not found", () => {
  expect(cancelOrder(stateWith(), cancel, NOON)).toEqual({ code: "order_not_found" })
})

test("cancelling twice in one batch cancels once and returns the same order", () => {
  const state = stateWith({ orders: [orderWith()] })
  const first = cancelOrder(state, cancel, NOON)
  expect(cancelOrder(state, cancel, NOON)).toEqual(first)
  expect(counters(state)).toEqual({ held: 0, sold: 0 })
})
