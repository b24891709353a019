import { describe, expect, test } from "vitest"
import type { OrderStatus } from "../../src/domain/order.ts"
import type { Payment, PaymentEvent, PaymentOutcome } from "../../src/domain/payment.ts"
import { recordPaymentEvent } from "../../src/domain/record-payment-event.ts"
import {
  afterNoon,
  codeOf,
  counters,
  eventWith,
  holdWith,
  NOON,
  orderWith,
  parkedEvent,
  paymentWith,
  stateWith,
  type Given,
  successOf,
  TICK,
} from "../support/builders.ts"

const record = (event: PaymentEvent, newOrderId = 11) =>
  ({ kind: "record_payment_event", productId: 1, event, newOrderId }) as const

const pending = { orders: [orderWith()] }
const pendingOver = { orders: [orderWith({ expiresAt: NOON })] }
const pendingUnderpaid = {
  orders: [orderWith()],
  payments: [paymentWith({ amountMinor: 1, allocation: "refund_due" })],
}
const paidByName = { orders: [orderWith({ status: "paid" })], payments: [paymentWith()] }
const paidUnnamed = { orders: [orderWith({ status: "paid" })], payments: [paymentWith({ paymentId: null })] }
const paidAfterTooLittle = {
  orders: [orderWith({ status: "paid" })],
  payments: [
    paymentWith({ eventKey: "too little", amountMinor: 1, allocation: "refund_due" }),
    paymentWith({ paymentId: "pay-2" }),
  ],
}
/** An order that waits for payment, and a payment of another order, which must have no effect on the first. */
const beside = {
  orders: [orderWith()],
  payments: [paymentWith({ orderId: 12 })],
}
const refunded = { orders: [orderWith({ status: "refunded" })], payments: [paymentWith()] }
/** The order was cancelled 600 seconds ago, so a success at noon is just too late to pay it. */
const cancelled = { orders: [orderWith({ status: "cancelled", updatedAt: afterNoon(-600) })] }
const cancelledReturning = { ...cancelled, payments: [paymentWith({ allocation: "refund_due" })] }
const expired = { orders: [orderWith({ status: "expired", expiresAt: afterNoon(-600) })] }
const expiredReturning = { ...expired, payments: [paymentWith({ allocation: "refund_due" })] }

/** The kinds of event. `amount`: a success with an amount. */
const failure = { kind: "failed" } as const
const cancellation = { kind: "cancelled" } as const
const success = { kind: "succeeded" } as const
const named = (paymentId: string) => ({ ...success, paymentId })
const amount = (amountMinor: number, currency = "EUR") => ({ ...success, amountMinor, currency })

type Row = [
  string,
  Given,
  Partial<PaymentEvent>,
  PaymentOutcome,
  OrderStatus,
  (readonly [number, string, Payment["allocation"]] | null)?,
]
const full = [19_998, "EUR", "order"] as const
const back = [19_998, "EUR", "refund_due"] as const

describe("what an event does to its order", () => {
  // Total 199.98 EUR. The last column is the recorded payment; where it is absent, none is recorded.
  test.each<Row>([
    // order                   given               event                 outcome        order then  payment
    ["waiting", pending, success, "paid", "paid", full],
    ["waiting", pending, named("pay-1"), "paid", "paid", full],
    ["waiting", pending, { ...success, holdId: 1 }, "paid", "paid", full],
    ["waiting", pending, amount(19_998), "paid", "paid", full],
    ["waiting", pending, amount(19_999), "paid", "paid", [19_999, "EUR", "order"]],
    ["waiting", pending, { ...success, amountMinor: 19_998 }, "paid", "paid", full],
    ["waiting", pending, { ...success, currency: "EUR" }, "paid", "paid", full],
    ["waiting", pending, amount(19_997), "refund_due", "pending_payment", [19_997, "EUR", "refund_due"]],
    ["waiting", pending, amount(0), "refund_due", "pending_payment", [0, "EUR", "refund_due"]],
    [
      "waiting",
      pending,
      amount(19_998, "USD"),
      "refund_due",
      "pending_payment",
      [19_998, "USD", "refund_due"],
    ],
    [
      "waiting",
      pending,
      { ...success, currency: "USD" },
      "refund_due",
      "pending_payment",
      [19_998, "USD", "refund_due"],
    ],
    ["waiting", pending, failure, "cancelled", "cancelled"],
    ["waiting", pending, cancellation, "cancelled", "cancelled"],
    ["waiting", pending, { ...failure, amountMinor: 19_998, currency: "EUR" }, "cancelled", "cancelled"],

    ["waiting with too little", pendingUnderpaid, success, "paid", "paid", full],
    ["waiting with too little", pendingUnderpaid, named("pay-2"), "paid", "paid", full],
    ["waiting with too little", pendingUnderpaid, named("pay-1"), "refund_due", "pending_payment"],
    ["waiting with too little", pendingUnderpaid, failure, "cancelled", "cancelled"],

    ["waiting beside one paid by pay-1", beside, success, "paid", "paid", full],
    ["waiting beside one paid by pay-1", beside, named("pay-1"), "paid", "paid", full],

    ["over but not swept", pendingOver, success, "paid", "paid", full],
    ["over but not swept", pendingOver, failure, "ignored_final", "expired"],
    ["over but not swept", pendingOver, cancellation, "ignored_final", "expired"],

    ["paid by pay-1", paidByName, success, "ignored_final", "paid"],
    ["paid by pay-1", paidByName, named("pay-1"), "ignored_final", "paid"],
    ["paid by pay-1", paidByName, named("pay-2"), "refund_due", "paid", back],
    ["paid by pay-1", paidByName, { ...named("pay-1"), provider: "stripe" }, "refund_due", "paid", back],
    ["paid by pay-1", paidByName, amount(19_998), "ignored_final", "paid"],
    ["paid by pay-1", paidByName, amount(5, "USD"), "refund_due", "paid", [5, "USD", "refund_due"]],
    ["paid by pay-1", paidByName, amount(19_998, "USD"), "refund_due", "paid", [19_998, "USD", "refund_due"]],
    ["paid by pay-1", paidByName, amount(19_997), "refund_due", "paid", [19_997, "EUR", "refund_due"]],
    ["paid without a name", paidUnnamed, amount(20_000), "refund_due", "paid", [20_000, "EUR", "refund_due"]],
    ["paid by pay-1", paidByName, failure, "ignored_final", "paid"],
    ["paid by pay-1", paidByName, cancellation, "ignored_final", "paid"],

    ["paid without a name", paidUnnamed, success, "ignored_final", "paid"],
    ["paid without a name", paidUnnamed, named("pay-2"), "ignored_final", "paid"],
    ["paid without a name", paidUnnamed, failure, "ignored_final", "paid"],

    ["paid after too little", paidAfterTooLittle, amount(19_998), "ignored_final", "paid"],
    ["paid after too little", paidAfterTooLittle, amount(1), "refund_due", "paid", [1, "EUR", "refund_due"]],
    ["paid after too little", paidAfterTooLittle, named("pay-1"), "refund_due", "paid"],

    ["refunded", refunded, success, "ignored_final", "refunded"],
    ["refunded", refunded, named("pay-1"), "ignored_final", "refunded"],
    ["refunded", refunded, named("pay-2"), "refund_due", "refunded", back],
    ["refunded", refunded, failure, "ignored_final", "refunded"],

    ["cancelled", cancelled, success, "refund_due", "cancelled", back],
    ["cancelled", cancelled, amount(5), "refund_due", "cancelled", [5, "EUR", "refund_due"]],
    ["cancelled", cancelled, failure, "ignored_final", "cancelled"],
    ["cancelled", cancelled, cancellation, "ignored_final", "cancelled"],
    ["cancelled, pay-1 goes back", cancelledReturning, named("pay-1"), "refund_due", "cancelled"],
    ["cancelled, pay-1 goes back", cancelledReturning, named("pay-2"), "refund_due", "cancelled", back],
    ["cancelled, pay-1 goes back", cancelledReturning, success, "refund_due", "cancelled", back],

    ["expired", expired, success, "refund_due", "expired", back],
    ["expired", expired, failure, "ignored_final", "expired"],
    ["expired", expired, cancellation, "ignored_final", "expired"],
    ["expired, pay-1 goes back", expiredReturning, named("pay-1"), "refund_due", "expired"],
  ])("%s, %s, %o: %s, then %s", (_, given, said, outcome, statusAfter, payment) => {
    const state = stateWith(given)
    const event = eventWith(said)

    const recorded = successOf(recordPaymentEvent(state, record(event), NOON))

    const expected = {
      ...event,
      outcome,
      late: given.orders === pendingOver.orders && statusAfter === "paid",
      orderStatus: statusAfter,
      appliedOrderId: 11,
      receivedAt: NOON,
      appliedAt: NOON,
      returnedAt: null,
    }
    expect(recorded).toEqual({ duplicate: false, event: expected })
    expect(state.events.added()).toEqual([expected])
    expect(state.orders.get(11)?.status).toBe(statusAfter)
    expect(counters(state)).toEqual({
      held: statusAfter === "pending_payment" ? 2 : 0,
      sold: statusAfter === "paid" || statusAfter === "refunded" ? 2 : 0,
    })
    expect(
      state.payments.added().map((added) => [added.amountMinor, added.currency, added.allocation]),
    ).toEqual(payment === undefined ? [] : [payment])
  })

  test("before its deadline, to the millisecond, an order can be paid", () => {
    const state = stateWith({ orders: [orderWith({ expiresAt: afterNoon(TICK) })] })
    expect(successOf(recordPaymentEvent(state, record(eventWith()), NOON)).event.outcome).toBe("paid")
    expect(state.orders.get(11)).toMatchObject({ status: "paid", paidAt: NOON, updatedAt: NOON })
  })

  test("a cancelled order gives the customer's units back, a paid one keeps them (I8)", () => {
    const orders = [orderWith({ customerId: "anna" })]
    const failed = stateWith({ orders })
    recordPaymentEvent(failed, record(eventWith(failure)), NOON)
    expect([...failed.claimReturns]).toEqual([["c:anna", 2]])

    const paid = stateWith({ orders })
    recordPaymentEvent(paid, record(eventWith(success)), NOON)
    expect(paid.claimReturns.size).toBe(0)
  })

  test("the payment names its event, provider and order", () => {
    const state = stateWith(pending)
    recordPaymentEvent(state, record(eventWith({ ...named("pay-9"), provider: "stripe", key: "evt" })), NOON)
    expect(state.payments.added()).toEqual([
      {
        productId: 1,
        orderId: 11,
        provider: "stripe",
        eventKey: "evt",
        paymentId: "pay-9",
        amountMinor: 19_998,
        currency: "EUR",
        allocation: "order",
        refundedMinor: 0,
        disputedMinor: 0,
        receivedAt: NOON,
      },
    ])
  })
})

describe("the same key again (I4)", () => {
  test("returns the first record and changes nothing", () => {
    const state = stateWith(pending)
    const first = successOf(recordPaymentEvent(state, record(eventWith()), NOON))
    const before = counters(state)

    const second = recordPaymentEvent(state, record(eventWith()), afterNoon(5))

    expect(second).toEqual({ event: first.event, duplicate: true })
    expect(counters(state)).toEqual(before)
    expect(state.payments.added()).toHaveLength(1)
    expect(state.facts.at(-1)).toEqual({
      kind: "payment_event",
      key: "key-1",
      orderId: 11,
      outcome: "paid",
      duplicate: true,
      late: false,
    })
  })

  test("with another content is refused and changes nothing", () => {
    const state = stateWith(pending)
    recordPaymentEvent(state, record(eventWith(failure)), NOON)
    const facts = state.facts.length

    const second = recordPaymentEvent(state, record(eventWith(success)), NOON)

    expect(second).toEqual({ code: "event_key_reused" })
    expect(state.orders.get(11)?.status).toBe("cancelled")
    expect(state.payments.added()).toEqual([])
    expect(state.facts).toHaveLength(facts)
  })

  test("of another provider is another key", () => {
    const state = stateWith(pending)
    recordPaymentEvent(state, record(eventWith(success)), NOON)
    const other = recordPaymentEvent(state, record(eventWith({ ...failure, provider: "stripe" })), NOON)
    expect(other).toMatchObject({ duplicate: false, event: { outcome: "ignored_final" } })
  })

  test("of a parked event with another content is refused too", () => {
    const state = stateWith({ ...pending, events: [parkedEvent(failure)] })
    expect(recordPaymentEvent(state, record(eventWith(success)), NOON)).toEqual({ code: "event_key_reused" })
    expect(state.orders.get(11)?.status).toBe("pending_payment")
  })

  test("of a parked event applies it once when the order exists", () => {
    const parked = parkedEvent(success)
    const state = stateWith({ ...pending, events: [parked] })

    const recorded = recordPaymentEvent(state, record(eventWith(success)), NOON)

    expect(recorded).toMatchObject({ duplicate: true, event: { outcome: "paid" } })
    expect(state.events.added()).toEqual([])
    expect(state.events.changed()).toMatchObject([{ receivedAt: parked.receivedAt, appliedAt: NOON }])
    expect(counters(state)).toEqual({ held: 0, sold: 2 })
  })
})

describe("an event that comes before its order", () => {
  const holdData = { holdId: 1, productId: 1, quantity: 2 }

  test.each([
    // says                      hold                          refusal
    ["everything right", holdData, holdWith(), null],
    ["no hold", {}, holdWith(), "order_unknown"],
    ["only the hold", { holdId: 1 }, holdWith(), "order_unknown"],
    ["no quantity", { ...holdData, quantity: null }, holdWith(), "order_unknown"],
    ["another quantity", { ...holdData, quantity: 1 }, holdWith(), "order_unknown"],
    ["another product", { ...holdData, productId: 2 }, holdWith(), "order_unknown"],
    ["another hold", { ...holdData, holdId: 9 }, holdWith(), "order_unknown"],
    ["a released hold", holdData, holdWith({ status: "released" }), "order_unknown"],
    ["an expired hold", holdData, holdWith({ status: "expired" }), "order_unknown"],
    ["a hold that ends now", holdData, holdWith({ expiresAt: NOON }), "order_unknown"],
    ["a hold with a moment left", holdData, holdWith({ expiresAt: afterNoon(TICK) }), null],
  ])("and names %s", (_, said, hold, code) => {
    const state = stateWith({ holds: [hold] })

    const outcome = recordPaymentEvent(state, record(eventWith(said)), NOON)

    expect(codeOf(outcome)).toBe(code)
    expect(state.orders.added()).toHaveLength(code === null ? 1 : 0)
    expect(state.events.added()).toHaveLength(code === null ? 1 : 0)
    expect(counters(state)).toMatchObject({ sold: code === null ? 2 : 0 })
  })

  test.each([
    ["succeeded", "paid", "paid", { held: 0, sold: 2 }],
    ["failed", "cancelled", "cancelled", { held: 0, sold: 0 }],
    ["cancelled", "cancelled", "cancelled", { held: 0, sold: 0 }],
  ] as const)("makes it, and %s acts on it: %s", (kind, outcome, status, units) => {
    const state = stateWith({ holds: [holdWith({ customerId: "anna" })] })

    const recorded = recordPaymentEvent(state, record(eventWith({ kind, ...holdData }), 31), NOON)

    expect(recorded).toMatchObject({ event: { outcome, orderId: 11, appliedOrderId: 31 } })
    expect(state.orders.added()).toMatchObject([
      { id: 31, holdId: 1, status, origin: "payment_event", totalMinor: 19_998, customerId: "anna" },
    ])
    expect(state.holds.get(1)).toMatchObject({ status: "converted", endedAt: NOON })
    expect(counters(state)).toEqual(units)
  })

  test("acts on the order that its hold has become under another id", () => {
    const state = stateWith({
      holds: [holdWith({ status: "converted" })],
      orders: [orderWith({ id: 12 })],
    })
    const recorded = recordPaymentEvent(state, record(eventWith({ orderId: 11, ...holdData })), NOON)
    expect(recorded).toMatchObject({ event: { outcome: "paid", orderId: 11, appliedOrderId: 12 } })
    expect(state.orders.added()).toEqual([])
  })

  test("and makes it, acts after the events that are parked for the order", () => {
    const state = stateWith({
      holds: [holdWith()],
      events: [parkedEvent({ key: "earlier", kind: "succeeded" })],
    })

    const recorded = recordPaymentEvent(state, record(eventWith({ kind: "failed", ...holdData })), NOON)

    expect(state.events.changed()).toMatchObject([{ key: "earlier", outcome: "paid", appliedOrderId: 11 }])
    expect(recorded).toMatchObject({ event: { outcome: "ignored_final", orderStatus: "paid" } })
  })

  test("and is parked already acts once, when the order is made", () => {
    const content = { ...holdData, paymentId: "pay-1", amountMinor: 1 }
    const state = stateWith({ holds: [holdWith()], events: [parkedEvent(content)] })
    const recorded = recordPaymentEvent(state, record(eventWith(content)), NOON)
    expect(recorded).toMatchObject({ event: { outcome: "refund_due" }, duplicate: true })
    expect(state.payments.added()).toMatchObject([{ amountMinor: 1, refundedMinor: 1 }])
    expect(state.refunds.added()).toMatchObject([{ number: 1, amountMinor: 1, reason: "amount_too_low" }])
    expect(state.events.changed()).toMatchObject([{ outcome: "refund_due", appliedOrderId: 11 }])
    expect(state.facts.filter(({ kind }) => kind === "payment_event")).toHaveLength(1)
  })
})
