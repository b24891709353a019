import { describe, expect, test } from "vitest"
import type { Command } from "../../src/domain/commands.ts"
import type { PaymentEventRecord } from "../../src/domain/payment.ts"
import { needs, shortage, type Needs } from "../../src/domain/needs.ts"
import {
  afterNoon,
  askFor,
  disputeEventWith,
  eventWith,
  holdWith,
  NOON,
  orderWith,
  parkedEvent,
  stateWith,
  type Given,
} from "../support/builders.ts"

const nothing: Needs = {
  units: 0,
  unitsByVariant: new Map(),
  variants: false,
  dueLimit: 0,
  holdIds: [],
  orderIds: [],
  orderHoldIds: [],
  newOrderIds: [],
  unitsByClaimant: new Map(),
  accessCodes: [],
  holders: [],
  events: [],
  payments: false,
  moneyFor: [],
  mayEndOrders: false,
  newPaymentIds: [],
  refundOrderIds: [],
  detailsOf: { orderIds: [], holdIds: [] },
  idempotency: [],
}
const pay = (given: Parameters<typeof eventWith>[0], newOrderId: number) =>
  ({ kind: "record_payment_event", productId: 1, event: eventWith(given), newOrderId }) as const
const idempotency = { scope: "s", key: "k", fingerprint: "f" }

describe("the rows that a command needs", () => {
  test.each<[Command, Partial<Needs>]>([
    [askFor(3), { units: 3 }],
    [askFor(3, { customerId: "anna" }), { units: 3, unitsByClaimant: new Map([["c:anna", 3]]) }],
    [
      { kind: "release_hold", productId: 1, holdId: 4 },
      { holdIds: [4], orderHoldIds: [4] },
    ],
    [
      { kind: "place_order", productId: 1, orderId: 9, holdId: 4 },
      { holdIds: [4], orderHoldIds: [4], newOrderIds: [9] },
    ],
    [
      { kind: "cancel_order", productId: 1, orderId: 9 },
      { orderIds: [9], mayEndOrders: true },
    ],
    [
      pay({ orderId: 9 }, 12),
      {
        events: [eventWith({ orderId: 9 })],
        orderIds: [9],
        newOrderIds: [12],
        payments: true,
        moneyFor: [eventWith({ orderId: 9 })],
      },
    ],
    [
      pay({ orderId: 9, paymentId: "pay-1" }, 12),
      {
        events: [eventWith({ orderId: 9, paymentId: "pay-1" })],
        orderIds: [9],
        newOrderIds: [12],
        payments: true,
        moneyFor: [eventWith({ orderId: 9, paymentId: "pay-1" })],
        newPaymentIds: ["pay-1"],
      },
    ],
    [
      { kind: "record_dispute", productId: 1, event: disputeEventWith(), orderId: 9 },
      { events: [disputeEventWith()], orderIds: [9], payments: true, refundOrderIds: [9] },
    ],
    [
      pay({ orderId: 9, kind: "failed" }, 12),
      {
        events: [eventWith({ orderId: 9, kind: "failed" })],
        orderIds: [9],
        newOrderIds: [12],
        payments: true,
        mayEndOrders: true,
      },
    ],
    [{ kind: "start_payment", productId: 1, orderId: 9, payment: null }, { orderIds: [9] }],
    [{ kind: "await_payment", productId: 1, orderId: 9 }, { orderIds: [9] }],
    [
      { kind: "refund_order", productId: 1, orderId: 9, amountMinor: null, restockQty: 1 },
      { orderIds: [9], payments: true },
    ],
    [
      { kind: "settle_refund", productId: 1, orderId: 9, number: 1, result: { status: "due" } },
      { orderIds: [9], refundOrderIds: [9] },
    ],
    [
      pay({ orderId: 9, holdId: 4 }, 9),
      {
        events: [eventWith({ orderId: 9, holdId: 4 })],
        orderIds: [9],
        newOrderIds: [9],
        holdIds: [4],
        orderHoldIds: [4],
        payments: true,
        moneyFor: [eventWith({ orderId: 9, holdId: 4 })],
      },
    ],
    [{ kind: "expire_due", productId: 1, limit: 500 }, { dueLimit: 500 }],
    [{ kind: "adjust_stock", productId: 1, stock: 1, expected: 1, adjustmentId: 1 }, {}],
    [{ kind: "change_product", productId: 1, changes: {} }, {}],
    [
      { ...askFor(1), idempotency },
      { units: 1, idempotency: [idempotency] },
    ],
  ])("%o", (command, expected) => {
    expect(needs([command])).toEqual({ ...nothing, ...expected })
  })

  test("a batch needs the rows of all its commands", () => {
    expect(
      needs([
        askFor(3, { customerId: "anna" }),
        askFor(2, { customerId: "anna" }),
        askFor(1, { customerId: "ben" }),
        askFor(4),
        { kind: "expire_due", productId: 1, limit: 5 },
        { kind: "expire_due", productId: 1, limit: 3 },
      ]),
    ).toEqual({
      ...nothing,
      units: 10,
      dueLimit: 5,
      unitsByClaimant: new Map([
        ["c:anna", 5],
        ["c:ben", 1],
      ]),
    })
  })
})

describe("the shortage after the first load", () => {
  const anna = (units: number) => [{ claimant: "c:anna", units, unitLimit: 3 }]

  test.each<[string, Given, Command[], ReturnType<typeof shortage>]>([
    ["no command asks for units", { product: { held: 10 } }, [], null],
    ["enough units are available", { product: { held: 6 } }, [askFor(4)], null],
    [
      "too few units are available",
      { product: { held: 6 } },
      [askFor(5)],
      { units: 1, lines: [], claimants: [], lateClaimants: [] },
    ],
    [
      "two commands together ask for too many units",
      { product: { held: 6 } },
      [askFor(3), askFor(3)],
      { units: 2, lines: [], claimants: [], lateClaimants: [] },
    ],
    ["no unit is held that could become available", { product: { sold: 10 } }, [askFor(5)], null],
    ["there is no product", { product: null }, [askFor(5)], null],
    [
      "a customer would pass the limit",
      { product: { held: 3, maxPerCustomer: 3 }, claims: anna(2) },
      [askFor(2, { customerId: "anna" })],
      { units: 0, lines: [], claimants: ["c:anna"], lateClaimants: [] },
    ],
    [
      "a customer would just reach the limit",
      { product: { held: 3, maxPerCustomer: 3 }, claims: anna(2) },
      [askFor(1, { customerId: "anna" })],
      null,
    ],
    [
      "a customer without units asks for too many",
      { product: { held: 3, maxPerCustomer: 3 } },
      [askFor(4, { customerId: "anna" })],
      null,
    ],
    [
      "there is no limit",
      { product: { held: 3 }, claims: anna(2) },
      [askFor(2, { customerId: "anna" })],
      null,
    ],
    [
      "both",
      { product: { held: 9, maxPerCustomer: 3 }, claims: anna(3) },
      [askFor(2, { customerId: "anna" })],
      { units: 1, lines: [], claimants: ["c:anna"], lateClaimants: [] },
    ],
    [
      "a payment for an order that has ended, whose units are available",
      { orders: [orderWith({ status: "expired", customerId: "anna" })] },
      [pay({}, 12)],
      { units: 0, lines: [], claimants: [], lateClaimants: ["c:anna"] },
    ],
    [
      "a payment for an order that has ended, whose units others hold",
      {
        product: { held: 9, maxPerCustomer: 3 },
        orders: [orderWith({ status: "cancelled", customerId: "anna" })],
      },
      [pay({}, 12)],
      { units: 1, lines: [], claimants: ["c:anna"], lateClaimants: ["c:anna"] },
    ],
    [
      "a payment that names the hold of an order past its deadline",
      { orders: [orderWith({ expiresAt: afterNoon(0), customerId: "anna" })] },
      [pay({ orderId: 99, holdId: 1 }, 12)],
      { units: 0, lines: [], claimants: [], lateClaimants: ["c:anna"] },
    ],
    [
      "a payment for an order that waits",
      { orders: [orderWith({ customerId: "anna" })] },
      [pay({}, 12)],
      null,
    ],
    [
      "a payment for an order that an earlier command of the batch may cancel",
      { orders: [orderWith({ customerId: "anna" })] },
      [{ kind: "cancel_order", productId: 1, orderId: 11 }, pay({}, 12)],
      { units: 0, lines: [], claimants: [], lateClaimants: ["c:anna"] },
    ],
    [
      "a payment for an order without a customer that has ended",
      { orders: [orderWith({ status: "expired" })] },
      [pay({}, 12)],
      null,
    ],
    [
      "a payment, among cancellations, for a paid order",
      { orders: [orderWith({ status: "paid", customerId: "anna" })] },
      [{ kind: "cancel_order", productId: 1, orderId: 11 }, pay({}, 12)],
      null,
    ],
    [
      "a further failure for an order that has ended",
      { orders: [orderWith({ status: "expired", customerId: "anna" })] },
      [pay({ kind: "failed" }, 12)],
      null,
    ],
  ])("%s", (_, given, commands, expected) => {
    expect(shortage(stateWith(given), needs(commands), afterNoon(0))).toEqual(expected)
  })
})

describe("late money for orders that the batch makes", () => {
  const order = { kind: "place_order", productId: 1, orderId: 11, holdId: 1 } as const
  const [failure, success] = [parkedEvent({ key: "no", kind: "failed" }), parkedEvent()]
  const cancellation = parkedEvent({ key: "end", kind: "cancelled" })
  const applied = { outcome: "cancelled", appliedOrderId: 11, appliedAt: NOON } as const
  const late = { units: 0, lines: [], claimants: [], lateClaimants: ["c:anna"] }

  test.each<[string, readonly PaymentEventRecord[], Command[], ReturnType<typeof shortage>]>([
    ["nothing waits", [], [order], null],
    ["a failure is parked", [failure], [order], null],
    ["a success is parked", [success], [order], null],
    ["both wait", [failure, success], [order], late],
    ["a cancellation and a success are parked", [cancellation, success], [order], late],
    ["a failure is parked, and a payment comes", [failure], [order, pay({ key: "key-2" }, 12)], late],
    ["a success is parked, and a further payment comes", [success], [order, pay({ key: "key-2" }, 12)], null],
    ["the failure was applied", [{ ...failure, ...applied }, success], [order], null],
    ["the success was applied", [failure, { ...success, ...applied }], [order], null],
  ])("%s", (_, events, commands, expected) => {
    const holds = [holdWith({ customerId: "anna" }), holdWith({ id: 2, customerId: "anna" })]
    const state = stateWith({ holds, events })
    expect(shortage(state, needs(commands), NOON)).toEqual(expected)
  })

  test("counts the units of all holds and checks the limits of their customers", () => {
    const holds = [holdWith({ customerId: "anna" }), holdWith({ id: 2, qty: 3, customerId: "ben" })]
    const product = { held: 3, maxPerCustomer: 2 }
    const state = stateWith({ product, holds: [...holds, holdWith({ id: 3 })], events: [failure, success] })
    expect(shortage(state, needs([order, askFor(1)]), NOON)).toEqual({
      units: 8,
      lines: [],
      claimants: ["c:anna", "c:ben"],
      lateClaimants: ["c:anna", "c:ben"],
    })
  })
})
