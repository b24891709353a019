import { describe, expect, test } from "vitest"
import type { DisputeEvent, PaymentEvent, PaymentEventRecord } from "../../src/domain/payment.ts"
import { recordDispute } from "../../src/domain/record-dispute.ts"
import { recordPaymentEvent } from "../../src/domain/record-payment-event.ts"
import { refundOrder } from "../../src/domain/refund-order.ts"
import { settleRefund } from "../../src/domain/settle-refund.ts"
import type { RefundResult } from "../../src/domain/commands.ts"
import { refundName, WITHHELD } from "../../src/domain/refund.ts"
import {
  afterNoon,
  codeOf,
  counters,
  disputeEventWith,
  disputeWith,
  eventWith,
  NOON,
  orderWith,
  parkedDispute,
  paymentWith,
  refundWith,
  RULES,
  stateWith,
  successOf,
} from "../support/builders.ts"
import { createMemoryDatabase } from "../support/memory-database.ts"

const TOTAL = 19_998
const paid = orderWith({ status: "paid", refundCount: 1 })
const opened = (given: Partial<DisputeEvent> = {}) => disputeEventWith(given)
const tell = (event: DisputeEvent) => ({ kind: "record_dispute", productId: 1, event, orderId: 11 }) as const

/** The order's only payment. */
function stateOf(given: Parameters<typeof stateWith>[0] = {}) {
  return stateWith({ orders: [paid], payments: [paymentWith()], ...given })
}

describe("a dispute that is opened", () => {
  // claim, refunded before, counts as disputed
  test.each([
    [null, 0, TOTAL],
    [TOTAL, 0, TOTAL],
    [500, 0, 500],
    [500, TOTAL - 400, 400],
    [TOTAL, TOTAL, 0],
    [TOTAL + 1, 0, TOTAL],
  ])("claims %s beside refunds of %i: %i count as disputed", (amountMinor, refundedMinor, disputedMinor) => {
    const state = stateOf({ payments: [paymentWith({ refundedMinor })] })
    const { event } = successOf(recordDispute(state, tell(opened({ amountMinor })), NOON))
    expect(event).toMatchObject({ outcome: "disputed", appliedOrderId: 11, orderStatus: "paid" })
    expect([...state.payments.values()]).toMatchObject([{ refundedMinor, disputedMinor }])
    expect(state.disputes.added()).toMatchObject([
      { orderId: 11, amountMinor: amountMinor ?? TOTAL, heldMinor: disputedMinor, status: "open" },
    ])
  })

  test("with a higher claim later counts for more and withholds refunds not sent meanwhile", () => {
    const due = refundWith({ number: 1, amountMinor: TOTAL - 500, status: "due" })
    const state = stateOf({ payments: [paymentWith({ refundedMinor: TOTAL - 500 })], refunds: [due] })
    const settled = () => [...state.refunds.values()].map(({ status, lastError }) => [status, lastError])
    const claims = (amountMinor: number) => tell(opened({ key: `of ${amountMinor}`, amountMinor }))
    // Reported before the refund was requested.
    recordDispute(state, claims(500), NOON)
    state.refunds.replace(due)
    expect(settled()).toEqual([["due", null]])

    expect(successOf(recordDispute(state, claims(TOTAL), NOON)).event.outcome).toBe("disputed")
    expect([...state.disputes.values()]).toMatchObject([{ amountMinor: TOTAL, heldMinor: 500 }])
    expect(settled()).toEqual([["withheld", WITHHELD]])

    // The largest claim counts, in any order of arrival.
    expect(successOf(recordDispute(state, claims(700), NOON)).event.outcome).toBe("ignored_final")
    expect([...state.disputes.values()]).toMatchObject([{ amountMinor: TOTAL }])
  })

  test("in another currency counts for the whole rest of the payment", () => {
    const state = stateOf()
    recordDispute(state, tell(opened({ amountMinor: 5, currency: "USD" })), NOON)
    expect([...state.payments.values()]).toMatchObject([{ disputedMinor: TOTAL }])
  })

  test("moves no unit and does not change the order", () => {
    const state = stateOf()
    const before = counters(state)
    recordDispute(state, tell(opened()), NOON)
    expect(counters(state)).toEqual(before)
    expect(state.orders.changed()).toEqual([])
  })

  test.each([
    ["due", "withheld", WITHHELD],
    ["sent", "sent", null],
    ["confirmed", "confirmed", null],
    ["failed", "failed", null],
  ] as const)("leaves a refund that is %s %s", (status, after, lastError) => {
    const refund = refundWith({ status, amountMinor: 500 })
    const state = stateOf({ payments: [paymentWith({ refundedMinor: 500 })], refunds: [refund] })
    recordDispute(state, tell(opened()), NOON)
    expect(state.refunds.get(refundName(11, 1))).toMatchObject({ status: after, lastError })
    expect([...state.payments.values()]).toMatchObject([{ disputedMinor: TOTAL - 500 }])
  })

  test("withholds no refund of another payment", () => {
    const other = refundWith({ eventKey: "second-key", paymentId: "pay-2" })
    const second = paymentWith({ eventKey: "second-key", paymentId: "pay-2", allocation: "refund_due" })
    const payments = [paymentWith(), { ...second, refundedMinor: TOTAL }]
    const state = stateOf({ payments, refunds: [other] })
    recordDispute(state, tell(opened()), NOON)
    expect(state.refunds.get(refundName(11, 1))?.status).toBe("due")
    expect([...state.payments.values()].map((payment) => payment.disputedMinor)).toEqual([TOTAL, 0])
  })

  test("applies to its own provider's payment when another provider uses the same payment id", () => {
    // The shop also reports each payment by the generic webhook.
    const twin = paymentWith({ provider: "stripe", eventKey: "pay-1 succeeded", allocation: "refund_due" })
    const state = stateOf({ payments: [paymentWith(), twin] })
    successOf(recordDispute(state, tell(opened({ provider: "stripe" })), NOON))
    expect(
      [...state.payments.values()].map(({ provider, disputedMinor }) => [provider, disputedMinor]),
    ).toEqual([
      ["generic", 0],
      ["stripe", TOTAL],
    ])
  })

  test("stays parked when another provider's payment with the same id arrives", () => {
    const early = parkedDispute({ provider: "stripe" })
    const state = stateWith({ orders: [orderWith()], events: [early] })
    const event = eventWith({ paymentId: "pay-1" })
    const command = { kind: "record_payment_event", productId: 1, newOrderId: 11 } as const
    recordPaymentEvent(state, { ...command, event }, NOON)
    expect([...state.payments.values()]).toMatchObject([{ provider: "generic", disputedMinor: 0 }])
    expect(state.events.get("stripe\ndp-1 dispute_opened")).toEqual(early)
  })

  test("that is lost does not withhold refunds of the rest again", () => {
    const state = stateOf({
      payments: [paymentWith({ refundedMinor: TOTAL - 500, disputedMinor: 500 })],
      disputes: [disputeWith({ amountMinor: 500, heldMinor: 500 })],
      refunds: [refundWith({ amountMinor: TOTAL - 500 })],
    })
    recordDispute(state, tell(opened({ kind: "dispute_lost", amountMinor: 500 })), NOON)
    expect([...state.disputes.values()]).toMatchObject([{ status: "lost", heldMinor: 500 }])
    expect(state.refunds.get(refundName(11, 1))).toMatchObject({ status: "due", lastError: null })
  })

  test("is applied once per key, and refused with another content", () => {
    const state = stateOf()
    recordDispute(state, tell(opened()), NOON)
    const again = successOf(recordDispute(state, tell(opened()), NOON))
    expect(again).toMatchObject({ duplicate: true, event: { outcome: "disputed" } })
    expect(codeOf(recordDispute(state, tell(opened({ amountMinor: 1 })), NOON))).toBe("event_key_reused")
    const inOtherWords = opened({ key: "funds withdrawn", amountMinor: 1 })
    expect(recordDispute(state, tell(inOtherWords), NOON)).toMatchObject({
      event: { outcome: "ignored_final" },
    })
    expect([...state.payments.values()]).toMatchObject([{ disputedMinor: TOTAL }])
  })

  test("of an unknown payment is refused with order_unknown", () => {
    expect(recordDispute(stateOf(), tell(opened({ paymentId: "pay-9" })), NOON)).toEqual({
      code: "order_unknown",
    })
  })
})

describe("a refund beside a dispute", () => {
  const disputed = (claim: number, refundedMinor = 0) => {
    const heldMinor = Math.min(claim, TOTAL - refundedMinor)
    return {
      payments: [paymentWith({ refundedMinor, disputedMinor: heldMinor })],
      disputes: [disputeWith({ amountMinor: claim, heldMinor })],
    }
  }
  const wish = (amountMinor: number | null, restockQty = 0) =>
    ({ kind: "refund_order", productId: 1, orderId: 11, amountMinor, restockQty }) as const

  test.each([
    [TOTAL, wish(1), { code: "payment_disputed", refundableMinor: 0 }],
    [TOTAL, wish(null), { code: "payment_disputed", refundableMinor: 0 }],
    [500, wish(TOTAL), { code: "payment_disputed", refundableMinor: TOTAL - 500 }],
    [500, wish(TOTAL - 500), { status: "due", amountMinor: TOTAL - 500 }],
    [500, wish(null), { status: "due", amountMinor: TOTAL - 500 }],
    // A dispute does not limit restocking: it claims money, not units.
    [TOTAL, wish(0, 2), { status: "confirmed", amountMinor: 0, restockQty: 2 }],
    [TOTAL, wish(null, 1), { status: "confirmed", amountMinor: 0, restockQty: 1 }],
    [TOTAL, wish(0, 3), { code: "restock_over_order" }],
    [TOTAL, wish(0), { code: "nothing_to_refund" }],
  ])("a dispute of %i and %o: %o", (claim, command, expected) => {
    expect(refundOrder(stateOf(disputed(claim)), command, NOON)).toMatchObject(expected)
  })

  const settle = (result: RefundResult) =>
    ({ kind: "settle_refund", productId: 1, orderId: 11, number: 1, result }) as const
  const withheld = refundWith({ status: "withheld", lastError: WITHHELD, amountMinor: 500 })

  test.each([
    ["retried", TOTAL, { status: "due" }, { code: "payment_disputed", refundableMinor: 0 }],
    [
      "retried, where enough of the payment is undisputed",
      600,
      { status: "due" },
      { status: "due", lastError: null },
    ],
    [
      "reported as sent all the same",
      TOTAL,
      { status: "sent", providerRefundId: "re" },
      { status: "sent", providerRefundId: "re", lastError: null },
    ],
    [
      "reported as confirmed all the same",
      TOTAL,
      { status: "confirmed", providerRefundId: "re" },
      { status: "confirmed", providerRefundId: "re" },
    ],
  ] as const)("one that was withheld, %s", (_, claim, result, expected) => {
    const state = stateOf({ ...disputed(claim, 500), refunds: [withheld] })
    expect(settleRefund(state, settle(result), NOON)).toMatchObject(expected)
  })

  test("a refund that its provider refused does not become sent", () => {
    const state = stateOf({ refunds: [refundWith({ status: "failed", lastError: "closed" })] })
    expect(settleRefund(state, settle({ status: "sent", providerRefundId: null }), NOON)).toEqual({
      code: "refund_not_open",
    })
  })
})

// ---- the messages about a payment and its disputes in every order of arrival, each up to twice ----

type Letter = "P" | "O" | "W" | "L" | "B"
const letters: readonly Letter[] = ["P", "O", "W", "L", "B"]

/** P the payment, with 5,000 too much · O, W, L a dispute opened, won, lost · B another one is opened. */
const said: Record<Letter, PaymentEvent | DisputeEvent> = {
  P: eventWith({ key: "p", paymentId: "pay-1", amountMinor: TOTAL + 5_000 }),
  O: disputeEventWith({ amountMinor: 20_000 }),
  W: disputeEventWith({ amountMinor: 20_000, kind: "dispute_won" }),
  L: disputeEventWith({ amountMinor: 20_000, kind: "dispute_lost" }),
  B: disputeEventWith({ amountMinor: 2_000, disputeId: "dp-2" }),
}

function* sequences(before: readonly Letter[] = []): Generator<readonly Letter[]> {
  if (before.length > 0) yield before
  if (before.length === 6) return
  for (const letter of letters) {
    if (before.filter((other) => other === letter).length < 2) yield* sequences([...before, letter])
  }
}

/** The final state after all messages, applied as the payment event handler does, without times. */
function endOf(sequence: readonly Letter[]): string {
  const database = createMemoryDatabase(1, RULES)
  const settings = { name: "Lamp", description: null, imageUrl: null, priceMinor: 9_999, currency: "EUR" }
  const open = { opensAt: null, closesAt: null, paused: false, maxPerHold: null, maxPerCustomer: null }
  const product = {
    ...settings,
    ...open,
    holdTtlSeconds: null,
    collect: null,
    status: "listed" as const,
    sku: null,
    externalId: null,
    stockDisplay: "exact" as const,
    customer: "any" as const,
    phases: null,
  }
  database.run([{ kind: "create_product", productId: 1, settings: product, stock: 5, adjustmentId: 1 }], NOON)
  database.run([{ kind: "place_hold", productId: 1, holdId: 1, qty: 2, customerId: null }], NOON)
  database.run([{ kind: "place_order", productId: 1, holdId: 1, orderId: 11 }], NOON)
  for (const [index, letter] of sequence.entries()) {
    const event = said[letter]
    const now = afterNoon(index + 1)
    if (event.disputeId === null) {
      database.run([{ kind: "record_payment_event", productId: 1, event, newOrderId: 99 }], now)
    } else if (database.payments.size > 0) {
      database.run([{ kind: "record_dispute", productId: 1, event, orderId: 11 }], now)
    } else if (!has([...database.events.values()], event.key)) database.park(event, now)
  }
  return JSON.stringify({
    payments: [...database.payments.values()].map((one) => [
      one.amountMinor,
      one.refundedMinor,
      one.disputedMinor,
    ]),
    refunds: [...database.refunds.values()].map((one) => [one.amountMinor, one.status, one.lastError]),
    disputes: [...database.disputes.values()]
      .map((one) => `${one.disputeId} ${one.status} ${one.amountMinor} ${one.heldMinor}`)
      .sort(),
    events: [...database.events.values()].map((one) => one.key).sort(),
    units: [database.product?.held, database.product?.sold],
  })
}

function has(events: readonly PaymentEventRecord[], key: string): boolean {
  return events.some((event) => event.key === key)
}

test("every order and repetition of the messages about a payment and its disputes has the same final state", () => {
  const ends = new Map<string, Map<string, readonly Letter[]>>()
  let played = 0
  for (const sequence of sequences()) {
    const what = [...new Set(sequence)].sort().join("")
    const known = ends.get(what) ?? new Map<string, readonly Letter[]>()
    ends.set(what, known.set(endOf(sequence), sequence))
    played += 1
  }
  expect(played).toBeGreaterThan(10_000)
  for (const [what, known] of ends) expect([what, ...known.values()]).toHaveLength(2)
})

test.each([
  [["P"], [TOTAL + 5_000, 5_000, 0], ["due", null]],
  [
    ["P", "O"],
    [TOTAL + 5_000, 5_000, TOTAL],
    ["withheld", WITHHELD],
  ],
  [
    ["P", "O", "W"],
    [TOTAL + 5_000, 5_000, 0],
    ["due", null],
  ],
  [
    ["P", "O", "W", "L"],
    [TOTAL + 5_000, 5_000, TOTAL],
    ["withheld", WITHHELD],
  ],
  [
    ["P", "O", "W", "B"],
    [TOTAL + 5_000, 5_000, 2_000],
    ["withheld", WITHHELD],
  ],
] as const)(
  "after the messages %j the disputes are %j, and the refund of the excess is %j",
  (sequence, payment, refund) => {
    const end = JSON.parse(endOf(sequence))
    expect(end.payments).toEqual([payment])
    expect(end.refunds).toEqual([[5_000, ...refund]])
    expect(end.units).toEqual([0, 2])
  },
)
