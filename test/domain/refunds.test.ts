import { describe, expect, test } from "vitest"
import type { RefundResult } from "../../src/domain/commands.ts"
import { refundOrder } from "../../src/domain/refund-order.ts"
import type { OrderStatus } from "../../src/domain/order.ts"
import type { Refund, RefundStatus } from "../../src/domain/refund.ts"
import { settleRefund } from "../../src/domain/settle-refund.ts"
import {
  afterNoon,
  counters,
  disputeWith,
  NOON,
  orderWith,
  paymentWith,
  refundWith,
  stateWith,
  successOf,
  type Given,
} from "../support/builders.ts"

const ask = (amountMinor: number | null, restockQty = 0) =>
  ({ kind: "refund_order", productId: 1, orderId: 11, amountMinor, restockQty }) as const
const settle = (result: RefundResult, number = 1) =>
  ({ kind: "settle_refund", productId: 1, orderId: 11, number, result }) as const

const paid = (order = {}, payment = {}): Given => ({
  orders: [orderWith({ status: "paid", customerId: "anna", ...order })],
  payments: [paymentWith(payment)],
})

describe("refunding an order", () => {
  test.each([
    ["all of it", null, 0, { amountMinor: 19_998, status: "due" }],
    ["a part", 5, 0, { amountMinor: 5, restockQty: 0, status: "due" }],
    ["the last minor unit", 19_998, 0, { amountMinor: 19_998 }],
    ["all of it, and a unit", null, 1, { amountMinor: 19_998, restockQty: 1, status: "due" }],
    ["units only", 0, 2, { amountMinor: 0, restockQty: 2, status: "confirmed" }],
  ])("%s", (_, amountMinor, restockQty, expected) => {
    const state = stateWith(paid())
    const refund = successOf(refundOrder(state, ask(amountMinor, restockQty), NOON))
    expect(refund).toMatchObject({ number: 1, reason: "requested", eventKey: "first-key", ...expected })
    expect(state.refunds.added()).toEqual([refund])
    expect(state.facts).toEqual([{ kind: amountMinor === 0 ? "refund_settled" : "refund_due", refund }])
    expect(state.payments.changed()).toMatchObject([{ refundedMinor: refund.amountMinor }])
    expect(state.orders.get(11)).toMatchObject({ status: "paid", refundCount: 1, restockedQty: restockQty })
    expect(counters(state)).toEqual({ held: 0, sold: 2 - restockQty })
    expect([...state.claimReturns]).toEqual(restockQty === 0 ? [] : [["c:anna", restockQty]])
  })

  test.each([
    ["no such order", { orders: [] }, ask(1), { code: "order_not_found" }],
    ["an order that waits", { orders: [orderWith()] }, ask(1), { code: "order_not_paid" }],
    [
      "an order whose only payment is refunded by itself",
      { orders: [orderWith()], payments: [paymentWith({ allocation: "refund_due" })] },
      ask(1),
      { code: "order_not_paid" },
    ],
    ["more than was paid", paid(), ask(19_999), { code: "refund_over_payment", refundableMinor: 19_998 }],
    [
      "more than is left",
      paid({}, { refundedMinor: 10_000 }),
      ask(9_999),
      { code: "refund_over_payment", refundableMinor: 9_998 },
    ],
    ["more units than were sold", paid(), ask(1, 3), { code: "restock_over_order", restockableQty: 2 }],
    [
      "more units than are left",
      paid({ restockedQty: 1 }),
      ask(1, 2),
      { code: "restock_over_order", restockableQty: 1 },
    ],
    ["nothing", paid(), ask(0), { code: "nothing_to_refund" }],
    [
      "all, when all is refunded",
      paid({}, { refundedMinor: 19_998 }),
      ask(null),
      { code: "nothing_to_refund" },
    ],
  ])("%s is refused, and nothing changes", (_, given: Given, command, refusal) => {
    const state = stateWith(given)
    const before = counters(state)
    expect(refundOrder(state, command, NOON)).toEqual(refusal)
    expect(counters(state)).toEqual(before)
    expect([...state.refunds.added(), ...state.orders.changed(), ...state.payments.changed()]).toEqual([])
  })

  test("refunds the order's own payment, not another of the batch", () => {
    const others = [paymentWith({ orderId: 12, eventKey: "of 12", amountMinor: 1 }), paymentWith()]
    const state = stateWith({ ...paid(), payments: others })
    expect(refundOrder(state, ask(null), NOON)).toMatchObject({ eventKey: "first-key", amountMinor: 19_998 })
    expect(state.payments.changed()).toMatchObject([{ orderId: 11, refundedMinor: 19_998 }])
  })

  test("several refunds, up to the amount of the payment (I7)", () => {
    const state = stateWith(paid())
    const outcomes = [9_999, 9_999, 1].map((amount) => refundOrder(state, ask(amount, 1), NOON))
    expect(outcomes).toMatchObject([{ number: 1 }, { number: 2 }, { code: "refund_over_payment" }])
    expect(counters(state)).toEqual({ held: 0, sold: 0 })
  })
})

describe("the result of a refund", () => {
  const sent = { status: "sent", providerRefundId: "re_1" } as const
  const confirmed = { status: "confirmed", providerRefundId: null } as const
  const failed = { status: "failed", error: "the account is closed" } as const
  const failedFor = (providerRefundId: string) => ({ ...failed, providerRefundId })
  const due = { status: "due" } as const

  test.each<[RefundStatus, RefundResult, RefundStatus | "refund_not_open"]>([
    ["due", due, "due"],
    ["due", sent, "sent"],
    ["due", confirmed, "confirmed"],
    ["due", failed, "failed"],
    ["sent", due, "refund_not_open"],
    ["sent", sent, "sent"],
    ["sent", confirmed, "confirmed"],
    ["sent", failed, "failed"],
    ["failed", due, "due"],
    ["failed", sent, "refund_not_open"],
    ["failed", confirmed, "confirmed"],
    ["failed", failed, "failed"],
    ["confirmed", due, "confirmed"],
    ["confirmed", sent, "confirmed"],
    ["confirmed", confirmed, "confirmed"],
    ["confirmed", failed, "confirmed"],
  ])("%s, then %o: %s", (status, result, expected) => {
    const state = stateWith({ ...paid(), refunds: [refundWith({ status, attempts: 3 })] })
    const outcome = settleRefund(state, settle(result), NOON)
    expect("code" in outcome ? outcome.code : outcome.status).toBe(expected)
    expect(state.refunds.get("11-1")?.status).toBe(expected === "refund_not_open" ? status : expected)
    expect(state.facts.length > 0).toBe(expected !== status && expected !== "refund_not_open")
  })

  test("keeps the reported error and refund id", () => {
    const state = stateWith({ ...paid(), refunds: [refundWith({ attempts: 3 })] })
    settleRefund(state, settle(failed), NOON)
    expect(state.refunds.get("11-1")).toMatchObject({ lastError: "the account is closed", updatedAt: NOON })
    settleRefund(state, settle(due), afterNoon(5))
    expect(state.refunds.get("11-1")).toMatchObject({ attempts: 0, notBefore: afterNoon(5) })
    settleRefund(state, settle(sent), afterNoon(6))
    settleRefund(state, settle(confirmed), afterNoon(7))
    expect(state.refunds.get("11-1")).toMatchObject({ providerRefundId: "re_1", lastError: null })
  })

  // Refunds to cards may fail after the provider confirmed them.
  test("a confirmed refund fails by the id it was confirmed with, and its order is paid again", () => {
    const refunds = [refundWith({ status: "confirmed", providerRefundId: "re_1", restockQty: 2 })]
    const order = orderWith({ status: "refunded", restockedQty: 2, refundCount: 1 })
    const state = stateWith({ orders: [order], payments: [paymentWith({ refundedMinor: 19_998 })], refunds })
    const units = counters(state)

    settleRefund(state, settle(failedFor("re_1")), NOON)

    const refund = state.refunds.get("11-1")
    const failure = { lastError: "the account is closed", providerRefundId: "re_1", reversals: 1 }
    expect(refund).toMatchObject({ status: "failed", ...failure, updatedAt: NOON })
    expect(state.orders.get(11)).toEqual({ ...order, status: "paid", updatedAt: NOON })
    expect(counters(state)).toEqual(units)
    expect(state.facts).toEqual([
      { kind: "refund_settled", refund },
      { kind: "refund_reversed", refund, order: state.orders.get(11) },
    ])
  })

  test.each([
    ["of another try", { providerRefundId: "re_2" }, "re_1"],
    ["that was confirmed by hand", { providerRefundId: null }, "re_1"],
    ["of another try that is under way", { status: "sent", providerRefundId: "re_2" }, "re_1"],
  ] as const)("a message about a refund %s changes nothing", (_, given, named) => {
    const refunds = [refundWith({ status: "confirmed", ...given })]
    const state = stateWith({ orders: [orderWith({ status: "refunded" })], refunds })
    settleRefund(state, settle(failedFor(named)), NOON)
    expect([state.refunds.changed(), state.orders.changed(), state.facts]).toEqual([[], [], []])
  })

  test.each<[string, Partial<Refund>, OrderStatus]>([
    ["half of the price", { amountMinor: 9_999 }, "paid"],
    ["an excess payment", { amountMinor: 5, reason: "amount_too_high" }, "refunded"],
    ["more than the price", { amountMinor: 5 }, "refunded"],
  ])("of an order that is refunded %s fails: %s", (_, given, status) => {
    const whole = status === "paid" ? 9_999 : 19_998
    const rest = refundWith({ number: 2, status: "confirmed", amountMinor: whole })
    const refunds = [refundWith({ status: "confirmed", providerRefundId: "re_1", ...given }), rest]
    const state = stateWith({ orders: [orderWith({ status: "refunded" })], refunds })
    settleRefund(state, settle(failedFor("re_1")), NOON)
    expect(state.orders.get(11)?.status).toBe(status)
    expect(state.facts.map(({ kind }) => kind)).toEqual(["refund_settled", "refund_reversed"])
  })

  test("it is retried, and the order is refunded a second time", () => {
    const refunds = [refundWith({ status: "confirmed", providerRefundId: "re_1" })]
    const state = stateWith({ orders: [orderWith({ status: "refunded" })], refunds })
    for (const result of [failedFor("re_1"), due, { ...sent, providerRefundId: "re_2" }, failedFor("re_1")])
      settleRefund(state, settle(result), NOON)
    settleRefund(state, settle(confirmed), NOON)
    expect(state.orders.get(11)?.status).toBe("refunded")
    expect(state.facts.at(-1)).toMatchObject({ kind: "order_refunded", reversals: 1 })
  })

  test("an unknown refund is not found", () => {
    expect(settleRefund(stateWith(paid()), settle(due), NOON)).toEqual({ code: "refund_not_found" })
  })

  test("the order is refunded when its whole price is confirmed, and its units stay sold", () => {
    const halves = [1, 2].map((number) => refundWith({ number, amountMinor: 9_999, status: "sent" }))
    const state = stateWith({ ...paid(), refunds: halves })
    settleRefund(state, settle(confirmed, 1), NOON)
    expect(state.orders.get(11)?.status).toBe("paid")
    settleRefund(state, settle(confirmed, 2), NOON)
    expect(state.orders.get(11)).toMatchObject({ status: "refunded", updatedAt: NOON })
    expect(state.facts.at(-1)).toMatchObject({ kind: "order_refunded", order: { id: 11 } })
    expect(counters(state)).toEqual({ held: 0, sold: 2 })
  })

  // A refund of one half of the price is confirmed; the other half is:
  test.each<[string, Partial<Refund>, OrderStatus]>([
    ["back", { status: "confirmed" }, "refunded"],
    ["sent", { status: "sent" }, "paid"],
    ["another order's", { status: "confirmed", orderId: 12 }, "paid"],
    ["refunded but for one minor unit", { status: "confirmed", amountMinor: 9_998 }, "paid"],
  ])("and with the other half %s: %s", (_, other, status) => {
    const half = refundWith({ amountMinor: 9_999, status: "sent" })
    const state = stateWith({ ...paid(), refunds: [half, { ...half, number: 2, ...other }] })
    const settled = settleRefund(state, settle(confirmed), NOON)
    expect(state.orders.get(11)?.status).toBe(status)
    const refunded =
      status === "refunded" ? [{ kind: "order_refunded", order: state.orders.get(11), reversals: 0 }] : []
    expect(state.facts).toEqual([{ kind: "refund_settled", refund: settled }, ...refunded])
  })

  // The price of 0 is always refunded.
  test.each([
    ["too much, and its refund is confirmed", { reason: "amount_too_high" }, confirmed],
    ["too much, and its refund is sent", { reason: "amount_too_high" }, sent],
    ["refunded on request, and the refund is sent", { reason: "requested" }, sent],
  ] as const)("an order of 0.00 is not refunded when its payment was %s", (_, given, result) => {
    const state = stateWith({
      ...paid({ totalMinor: 0 }),
      refunds: [refundWith({ amountMinor: 5, ...given })],
    })
    settleRefund(state, settle(result), NOON)
    expect(state.orders.changed()).toEqual([])
  })

  test("an order becomes refunded once, whatever is refunded later", () => {
    const back = [1, 2].map((number) => refundWith({ number, status: number === 1 ? "confirmed" : "sent" }))
    const state = stateWith({ ...paid({ status: "refunded" }), refunds: back })
    settleRefund(state, settle(confirmed, 2), NOON)
    expect(state.orders.changed()).toEqual([])
    expect(state.facts.map(({ kind }) => kind)).toEqual(["refund_settled"])
  })

  test("a refund of money that did not pay the order leaves the order as it is", () => {
    const mistake = refundWith({ reason: "second_payment", status: "sent" })
    const state = stateWith({ ...paid(), refunds: [mistake] })
    settleRefund(state, settle(confirmed), NOON)
    expect(state.orders.get(11)?.status).toBe("paid")
  })

  test.each([
    ["amount_too_high", 2],
    ["second_payment", 19_998],
  ] as const)(
    "a refund of other money does not count as a part of the price: %s, %i",
    (reason, amountMinor) => {
      const mistake = refundWith({ reason, amountMinor, status: "confirmed", eventKey: "by mistake" })
      const part = refundWith({ number: 2, amountMinor: 19_997, status: "sent" })
      const state = stateWith({ ...paid(), refunds: [mistake, part] })
      settleRefund(state, settle(confirmed, 2), NOON)
      expect(state.orders.get(11)?.status).toBe("paid")
    },
  )

  test.each([
    ["another payment", { eventKey: "second-key", disputeId: "dp-2" }, "due"],
    ["another provider's payment", { provider: "stripe" }, "due"],
    ["its own payment", {}, null],
    ["nothing, because the shop has won", { status: "won" }, "due"],
    ["its own payment, with its whole claim held", { heldMinor: 19_998 }, "due"],
  ] as const)("one that failed, tried again while a bank takes %s", (_, about, status) => {
    const dispute = disputeWith({ heldMinor: 0, ...about })
    const state = stateWith({ ...paid(), refunds: [refundWith({ status: "failed" })], disputes: [dispute] })
    const outcome = settleRefund(state, settle(due), NOON)
    expect(outcome).toMatchObject(status === null ? { code: "payment_disputed" } : { status })
  })
})
