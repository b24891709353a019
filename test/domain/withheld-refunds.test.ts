import { describe, expect, test } from "vitest"
import type { DisputeEvent } from "../../src/domain/payment.ts"
import { recordDispute } from "../../src/domain/record-dispute.ts"
import { refundName, WITHHELD, type Refund } from "../../src/domain/refund.ts"
import {
  disputeEventWith,
  disputeWith,
  NOON,
  orderWith,
  paymentWith,
  refundWith,
  stateWith,
} from "../support/builders.ts"

const order = orderWith({ status: "paid", refundCount: 1 })
const tell = (event: Partial<DisputeEvent>) =>
  ({ kind: "record_dispute", productId: 1, event: disputeEventWith(event), orderId: 11 }) as const

/** Refund 1 of 500 of the order's payment, of which a bank claims 700. */
function disputedBeside(refund: Partial<Refund>) {
  return stateWith({
    orders: [order],
    payments: [paymentWith({ refundedMinor: 500, disputedMinor: 700 })],
    disputes: [disputeWith({ amountMinor: 700, heldMinor: 700 })],
    refunds: [refundWith({ amountMinor: 500, ...refund })],
  })
}

describe("when the only dispute is won", () => {
  test.each([
    // status, last error         afterwards
    ["withheld", WITHHELD, "due", null],
    // As a server of the last version stored it.
    ["failed", WITHHELD, "due", null],
    ["failed", "the account is closed", "failed", "the account is closed"],
    ["failed", null, "failed", null],
    ["sent", null, "sent", null],
    ["confirmed", null, "confirmed", null],
    ["due", null, "due", null],
    // The provider's own error happens to be the same word.
    ["due", WITHHELD, "due", WITHHELD],
  ] as const)("a refund that is %s (%s) is %s (%s)", (status, lastError, statusAfter, errorAfter) => {
    const state = disputedBeside({ status, lastError })
    const before = state.refunds.get(refundName(11, 1))

    recordDispute(state, tell({ kind: "dispute_won" }), NOON)

    const hasChanged = status !== statusAfter
    const changed = { ...before, status: statusAfter, lastError: errorAfter, updatedAt: NOON }
    expect(state.refunds.changed()).toEqual(hasChanged ? [changed] : [])
    expect(state.facts.filter(({ kind }) => kind === "refund_settled")).toEqual(
      hasChanged ? [{ kind: "refund_settled", refund: changed }] : [],
    )
  })
})

describe("a refund that is due", () => {
  test.each([
    // the dispute      its message                              refund afterwards
    ["opened", { disputeId: "dp-2", amountMinor: 1 }, "withheld"],
    ["lost at once", { disputeId: "dp-2", kind: "dispute_lost", amountMinor: 1 }, "withheld"],
    ["won at once", { disputeId: "dp-2", kind: "dispute_won", amountMinor: 1 }, "due"],
    ["the same, with a higher claim", { amountMinor: 701 }, "withheld"],
    ["the same, lost", { kind: "dispute_lost", amountMinor: 700 }, "due"],
    ["the same, won", { kind: "dispute_won", amountMinor: 700 }, "due"],
    ["the same, won, with a higher claim", { kind: "dispute_won", amountMinor: 701 }, "due"],
  ] as const)("beside a dispute, after a message about a dispute that is %s: %o", (_, told, status) => {
    const state = disputedBeside({ status: "due" })
    recordDispute(state, tell(told), NOON)

    const withheld = { ...refundWith({ amountMinor: 500 }), status, lastError: WITHHELD, updatedAt: NOON }
    const isWithheld = status === "withheld"
    expect(state.refunds.changed()).toEqual(isWithheld ? [withheld] : [])
    expect(state.facts.filter(({ kind }) => kind === "refund_settled")).toEqual(
      isWithheld ? [{ kind: "refund_settled", refund: withheld }] : [],
    )
  })

  test.each([
    ["another event's payment", { eventKey: "second-key" }],
    ["another provider's payment with the same id", { provider: "stripe" }],
  ])("of %s is not withheld", (_, about) => {
    const state = disputedBeside({ ...about, status: "due" })
    recordDispute(state, tell({ disputeId: "dp-2", amountMinor: 1 }), NOON)
    expect(state.refunds.changed()).toEqual([])
  })

  test.each([
    ["another event's payment", { eventKey: "second-key" }],
    ["another provider's payment with the same id", { provider: "stripe" }],
  ])("again after a won dispute is no refund of %s", (_, about) => {
    const state = disputedBeside({ ...about, status: "failed", lastError: WITHHELD })
    recordDispute(state, tell({ kind: "dispute_won" }), NOON)
    expect(state.refunds.changed()).toEqual([])
  })
})
