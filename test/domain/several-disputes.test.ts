import { describe, expect, test } from "vitest"
import { applyPaymentEvent } from "../../src/domain/apply-payment-event.ts"
import { placeOrder } from "../../src/domain/place-order.ts"
import type { DisputeEvent } from "../../src/domain/payment.ts"
import { recordDispute } from "../../src/domain/record-dispute.ts"
import type { WorkingSet } from "../../src/domain/working-set.ts"
import {
  afterNoon,
  disputeEventWith,
  disputeWith,
  eventWith,
  holdWith,
  NOON,
  orderWith,
  parkedDispute,
  parkedEvent,
  paymentWith,
  stateWith,
  successOf,
} from "../support/builders.ts"

const TOTAL = 19_998
const paid = orderWith({ status: "paid" })
const tell = (event: Partial<DisputeEvent>, orderId = 11) =>
  ({ kind: "record_dispute", productId: 1, event: disputeEventWith(event), orderId }) as const

/** The disputed amount of each dispute. */
function heldBy(state: WorkingSet) {
  return Object.fromEntries([...state.disputes.values()].map((one) => [one.disputeId, one.heldMinor]))
}

describe("disputes of one payment", () => {
  // Both claims together exceed the payment.
  test.each([
    [["dp-1", "dp-2"], 15_000, { "dp-1": 15_000, "dp-2": TOTAL - 15_000 }],
    [["dp-2", "dp-1"], 15_000, { "dp-1": 15_000, "dp-2": TOTAL - 15_000 }],
    [["dp-1", "dp-2", "dp-3"], 9_000, { "dp-1": 9_000, "dp-2": 9_000, "dp-3": TOTAL - 18_000 }],
    [["dp-3", "dp-1", "dp-2"], 9_000, { "dp-1": 9_000, "dp-2": 9_000, "dp-3": TOTAL - 18_000 }],
    [["dp-2", "dp-1"], TOTAL, { "dp-1": TOTAL, "dp-2": 0 }],
  ] as const)("reported in the order %j, each claiming %i, dispute %o", (disputeIds, amountMinor, held) => {
    const state = stateWith({ orders: [paid], payments: [paymentWith()] })
    for (const disputeId of disputeIds) recordDispute(state, tell({ disputeId, amountMinor }), NOON)
    expect(heldBy(state)).toEqual(held)
    expect([...state.payments.values()]).toMatchObject([{ disputedMinor: TOTAL }])
  })

  test("do not write each other's rows when the allocation stays the same", () => {
    const [first, second] = ["dp-1", "dp-2"].map((disputeId) =>
      disputeWith({ disputeId, amountMinor: 500, heldMinor: 500 }),
    )
    const disputes = [first, second].flatMap((one) => one ?? [])
    const payment = paymentWith({ disputedMinor: 1_000 })
    const state = stateWith({ orders: [paid], payments: [payment], disputes })
    recordDispute(state, tell({ disputeId: "dp-2", kind: "dispute_won", amountMinor: 500 }), NOON)
    expect(state.disputes.changed()).toEqual([{ ...second, status: "won", heldMinor: 0, updatedAt: NOON }])
    expect([...state.payments.values()]).toMatchObject([{ disputedMinor: 500 }])
  })

  test("add facts with their allocated amounts", () => {
    const state = stateWith({ orders: [paid], payments: [paymentWith({ refundedMinor: TOTAL - 400 })] })
    recordDispute(state, tell({ amountMinor: 500 }), NOON)
    const dispute = disputeWith({ amountMinor: 500, heldMinor: 400, createdAt: NOON, updatedAt: NOON })
    expect(state.facts[1]).toEqual({ kind: "dispute_changed", dispute })
    expect([...state.disputes.values()]).toEqual([dispute])
  })
})

test.each([
  ["another event's payment", { eventKey: "second-key" }],
  ["another provider's payment with the same id", { provider: "stripe" }],
])("a dispute of %s claims nothing of this one, and stays as it is", (_, about) => {
  const other = disputeWith({ ...about, disputeId: "dp-0", paymentId: "pay-2" })
  const second = paymentWith({ ...about, paymentId: "pay-2", allocation: "refund_due", disputedMinor: TOTAL })
  const state = stateWith({ orders: [paid], payments: [paymentWith(), second], disputes: [other] })

  recordDispute(state, tell({ amountMinor: 500 }), NOON)

  expect(heldBy(state)).toEqual({ "dp-0": TOTAL, "dp-1": 500 })
  expect(state.disputes.changed()).toEqual([])
  expect([...state.payments.values()].map(({ disputedMinor }) => disputedMinor)).toEqual([500, TOTAL])
})

test("a dispute belongs to its own order, even if another order's payment has the same id", () => {
  const orders = [paid, orderWith({ id: 12, holdId: 2, status: "paid" })]
  const payments = [paymentWith(), paymentWith({ orderId: 12, eventKey: "second-key" })]
  const state = stateWith({ orders, payments })
  expect(successOf(recordDispute(state, tell({}, 12), NOON)).event.appliedOrderId).toBe(12)
  expect([...state.payments.values()].map(({ disputedMinor }) => disputedMinor)).toEqual([0, TOTAL])
})

describe("a dispute that was reported before its payment", () => {
  const pay = eventWith({ paymentId: "pay-1" })

  test("is repeated after the payment: it is applied and keeps its time of arrival", () => {
    const early = parkedDispute()
    const state = stateWith({ orders: [paid], payments: [paymentWith()], events: [early] })
    expect(recordDispute(state, tell({}), NOON)).toEqual({
      duplicate: true,
      event: { ...early, outcome: "disputed", appliedOrderId: 11, orderStatus: "paid", appliedAt: NOON },
    })
    expect(state.events.added()).toEqual([])
  })

  test.each([
    // a parked or applied event         applied when pay-1 comes
    ["its own", parkedDispute(), true],
    ["another payment's", parkedDispute({ paymentId: "pay-2" }), false],
    ["another provider's", parkedDispute({ provider: "stripe" }), false],
    // The dispute is about a payment of another order with the same id.
    ["one that was applied", parkedDispute({ outcome: "disputed", appliedOrderId: 12 }), false],
  ])("is applied if it is about the payment: %s", (_, early, acts) => {
    const state = stateWith({ orders: [orderWith()], events: [early] })
    applyPaymentEvent(state, pay, 11, NOON)
    expect(state.disputes.added()).toHaveLength(acts ? 1 : 0)
    expect(state.events.changed()).toHaveLength(acts ? 1 : 0)
    expect([...state.payments.values()]).toMatchObject([{ disputedMinor: acts ? TOTAL : 0 }])
  })

  test("is told from other parked events about the payment", () => {
    const events = [
      parkedEvent({ key: "paid", paymentId: "pay-1", receivedAt: afterNoon(-20) }),
      parkedEvent({ key: "cancelled", kind: "cancelled", paymentId: "pay-1" }),
    ]
    const state = stateWith({ holds: [holdWith()], events })
    placeOrder(state, { kind: "place_order", productId: 1, orderId: 11, holdId: 1 }, NOON)
    expect(state.disputes.added()).toEqual([])
    expect([...state.events.values()].map(({ outcome }) => outcome)).toEqual(["paid", "ignored_final"])
  })
})

test.each([
  ["the first message", [], "disputed"],
  ["nothing new", [disputeWith()], "ignored_final"],
] as const)("a message about a dispute never counts as late: %s", (_, disputes, outcome) => {
  const late = orderWith({ status: "paid", late: true })
  const state = stateWith({ orders: [late], payments: [paymentWith()], disputes })
  const { event } = successOf(recordDispute(state, tell({}), NOON))
  expect(event).toMatchObject({ outcome, late: false })
})
