import { describe, expect, test } from "vitest"
import type { ExternalRefund } from "../../src/domain/commands.ts"
import { recordRefund } from "../../src/domain/record-refund.ts"
import {
  afterNoon,
  disputeWith,
  NOON,
  orderWith,
  paymentWith,
  refundWith,
  stateWith,
  type Given,
} from "../support/builders.ts"

const { provider, amountMinor: total, currency } = paymentWith()
const made = { provider, paymentId: "pay-1", providerRefundId: "re_1", amountMinor: total, currency } as const
const tell = (more: Partial<ExternalRefund> = {}) =>
  ({
    kind: "record_refund",
    productId: 1,
    orderId: 11,
    refund: { ...made, status: "confirmed", error: null, ...more },
  }) as const
const paid = (payment = {}): Given => ({
  orders: [orderWith({ status: "paid", refundCount: 1 })],
  payments: [paymentWith({ paymentId: "pay-1", ...payment })],
})

describe("a refund made outside Doorbuster", () => {
  test("of the whole price is recorded, and the order is refunded", () => {
    const state = stateWith(paid())
    const refund = recordRefund(state, tell(), NOON)
    expect(refund).toMatchObject({
      number: 2,
      reason: "elsewhere",
      status: "confirmed",
      amountMinor: total,
      restockQty: 0,
      providerRefundId: "re_1",
    })
    expect(state.payments.changed()).toMatchObject([{ refundedMinor: total }])
    expect(state.orders.get(11)).toMatchObject({ status: "refunded", refundCount: 2 })
    expect(state.facts.map(({ kind }) => kind)).toEqual(["refund_settled", "order_refunded"])
  })

  test("is recorded once, whatever its later reports say", () => {
    const state = stateWith(paid())
    for (const status of ["sent", "sent", "confirmed", "sent", "confirmed"] as const) {
      recordRefund(state, tell({ status, amountMinor: 5 }), NOON)
    }
    expect(state.refunds.added()).toMatchObject([{ status: "confirmed", amountMinor: 5 }])
    expect(state.payments.changed()).toMatchObject([{ refundedMinor: 5 }])
  })

  test("is of no more than is left", () => {
    const state = stateWith(paid({ refundedMinor: total - 7 }))
    expect(recordRefund(state, tell(), NOON)).toMatchObject({ amountMinor: 7 })
    expect(recordRefund(state, tell({ providerRefundId: "re_2" }), NOON)).toEqual({
      code: "nothing_to_refund",
    })
    expect(state.payments.changed()).toMatchObject([{ refundedMinor: total }])
  })

  test.each([
    ["due", { status: "due", attempts: 3, lastError: "busy" }],
    ["failed, under another name", { status: "failed", providerRefundId: "re_0", lastError: "closed" }],
  ] as const)("counts as the refund that was still to be sent, if nothing else is left: %s", (_, given) => {
    const refunds = [refundWith({ amountMinor: total, ...given })]
    const state = stateWith({ ...paid({ refundedMinor: total }), refunds })
    recordRefund(state, tell(), NOON)
    expect(state.refunds.added()).toEqual([])
    expect(state.refunds.get("11-1")).toMatchObject({ status: "confirmed", providerRefundId: "re_1" })
    expect(state.orders.get(11)?.status).toBe("refunded")
  })

  test.each<[string, Partial<ExternalRefund>, string]>([
    ["failed before its first report", { status: "failed" }, "nothing_to_refund"],
    ["is in another currency", { currency: "USD" }, "nothing_to_refund"],
    ["is of another payment", { paymentId: "pay-2" }, "order_unknown"],
    ["is another provider's", { provider: "stripe" }, "order_unknown"],
  ])("is not recorded when it %s", (_, told, code) => {
    const state = stateWith(paid())
    expect(recordRefund(state, tell(told), NOON)).toEqual({ code })
    expect([state.refunds.added(), state.payments.changed(), state.orders.changed()]).toEqual([[], [], []])
  })

  test("that fails makes its order paid again, and an outdated message does not undo that", () => {
    const state = stateWith(paid())
    recordRefund(state, tell(), NOON)
    recordRefund(state, tell({ status: "failed", error: "the card is closed" }), afterNoon(1))
    expect(recordRefund(state, tell(), afterNoon(2))).toMatchObject({ status: "failed", reversals: 1 })
    expect(state.orders.get(11)?.status).toBe("paid")
  })

  test("leaves less to the disputes, and withholds refunds that are not sent", () => {
    const dispute = disputeWith({ amountMinor: total - 100, heldMinor: total - 100 })
    const due = refundWith({ amountMinor: 100, status: "due" })
    const state = stateWith({
      ...paid({ refundedMinor: 100, disputedMinor: total - 100, eventKey: dispute.eventKey }),
      disputes: [dispute],
      refunds: [{ ...due, eventKey: dispute.eventKey }],
    })
    recordRefund(state, tell({ amountMinor: 500 }), NOON)
    expect(state.payments.changed()).toMatchObject([{ refundedMinor: 600, disputedMinor: total - 600 }])
    expect(state.refunds.get("11-1")).toMatchObject({ status: "withheld" })
  })
})
