import { describe, expect, test } from "vitest"
import type { Command } from "../../src/domain/commands.ts"
import { execute } from "../../src/domain/execute.ts"
import { outgoingEvents } from "../../src/wire/outgoing-event.ts"
import { isoTime } from "../../src/domain/time.ts"
import { defaultVariantSettings, type Variant } from "../../src/domain/variant.ts"
import type { WorkingSet } from "../../src/domain/working-set.ts"
import { orderJson } from "../../src/wire/order.ts"
import { refundJson } from "../../src/wire/refund.ts"
import {
  askFor,
  disputeEventWith,
  eventWith,
  holdWith,
  NOON,
  orderWith,
  paymentWith,
  stateWith,
  type Given,
} from "../support/builders.ts"

const order = { kind: "place_order", productId: 1, orderId: 11, holdId: 1 } as const
const cancel = { kind: "cancel_order", productId: 1, orderId: 11 } as const
const sweep = { kind: "expire_due", productId: 1, limit: 10 } as const
const pay = { kind: "record_payment_event", productId: 1, event: eventWith(), newOrderId: 11 } as const
const adjust = (stock: number, expected = 10) =>
  ({ kind: "adjust_stock", productId: 1, stock, expected, adjustmentId: 5 }) as const
const restock = (restockQty: number, amountMinor: number | null = 0) =>
  ({ kind: "refund_order", productId: 1, orderId: 11, amountMinor, restockQty }) as const
const dispute = { kind: "record_dispute", productId: 1, event: disputeEventWith(), orderId: 11 } as const
const paid: Given = { orders: [orderWith({ status: "paid" })], payments: [paymentWith()] }

function after(given: Given, ...commands: readonly Command[]): WorkingSet {
  const state = stateWith(given)
  for (const command of commands) execute(state, command, NOON)
  return state
}

const idsAfter = (given: Given, ...commands: readonly Command[]) =>
  outgoingEvents(after(given, ...commands), NOON).map(({ id }) => id)

describe("an outgoing event is made", () => {
  test.each<[string, Given, Command, string[]]>([
    ["of a hold", {}, askFor(1), []],
    ["of an order", { holds: [holdWith()] }, order, ["order_created-11"]],
    ["of a cancellation", { orders: [orderWith()] }, cancel, ["order_cancelled-11"]],
    [
      "of the end of an unpaid order",
      { orders: [orderWith({ expiresAt: NOON })] },
      sweep,
      ["order_expired-11"],
    ],
    ["of a payment", { orders: [orderWith()] }, pay, ["order_paid-11"]],
    [
      "of a payment of too much",
      { orders: [orderWith()] },
      { ...pay, event: eventWith({ amountMinor: 20_000 }) },
      ["order_paid-11", "payment_refund_due-11-1"],
    ],
    ["of a refund", paid, restock(0, null), ["payment_refund_due-11-1"]],
    ["of a dispute", paid, dispute, [expect.stringMatching(/^payment_disputed-11-generic-dp-1-open-\d+$/)]],
    [
      "of a dispute with a name of somebody's own",
      paid,
      { ...dispute, event: disputeEventWith({ disputeId: "a.b %/2" }) },
      [expect.stringMatching(/^payment_disputed-11-generic-a%2Eb%20%25%2F2-open-\d+$/)],
    ],
    ["of units that come back without money", paid, restock(1), []],
    ["of more stock", {}, adjust(20), []],
  ])("%s (%#)", (_, given, command, expected) => {
    expect(idsAfter(given, command)).toEqual(expected)
  })

  test("for an order whose whole price is refunded", () => {
    const state = after(paid, restock(0, null))
    const settle = { kind: "settle_refund", productId: 1, orderId: 11, number: 1 } as const
    execute(state, { ...settle, result: { status: "confirmed", providerRefundId: null } }, NOON)
    expect(outgoingEvents(state, NOON).map(({ id }) => id)).toEqual([
      "payment_refund_due-11-1",
      "order_refunded-11",
    ])
  })

  test("with the JSON of the API, as of the moment of the fact", () => {
    const state = after({ orders: [orderWith()] }, { ...pay, event: eventWith({ amountMinor: 20_000 }) })
    const [orderPaid, refundDue] = outgoingEvents(state, NOON).map(({ body }) => JSON.parse(body))
    const facts = state.facts.flatMap((fact) => (fact.kind === "order_paid" ? [orderJson(fact.order)] : []))
    expect(orderPaid).toEqual({ type: "order.paid", timestamp: isoTime(NOON), data: facts[0] })
    const [refund] = state.refunds.added()
    if (refund === undefined) throw new Error("nothing is due")
    expect(refundJson(refund)).toMatchObject(refundDue.data)
  })
})

describe("the exact body", () => {
  const moment = "2026-11-27T12:00:00.000Z"
  const dataOf = (state: WorkingSet, index: number) =>
    JSON.parse(outgoingEvents(state, NOON)[index]?.body ?? "{}").data

  test("of an order", () => {
    expect(dataOf(after({ holds: [holdWith({ customerId: "anna" })] }, order), 0)).toEqual({
      order_id: 11,
      hold_id: 1,
      product_id: 1,
      quantity: 2,
      unit_price: "99.99",
      total_price: "199.98",
      total_minor: 19_998,
      currency: "EUR",
      status: "pending_payment",
      late: false,
      restocked_qty: 0,
      payment_attempts: 0,
      expires_at: "2026-11-27T12:05:00.000Z",
      paid_at: null,
      created_at: moment,
      updated_at: moment,
      customer_id: "anna",
    })
  })

  test("of a refund", () => {
    expect(dataOf(after(paid, restock(1, 500)), 0)).toEqual({
      refund_id: "11-1",
      order_id: 11,
      product_id: 1,
      provider: "generic",
      payment_id: "pay-1",
      amount_minor: 500,
      amount: "5.00",
      currency: "EUR",
      reason: "requested",
      restock_qty: 1,
      not_before: moment,
      created_at: moment,
    })
  })

  test("of a dispute", () => {
    const about = { ...dispute, event: disputeEventWith({ amountMinor: 20_000 }) }
    expect(dataOf(after(paid, about), 0)).toEqual({
      dispute_id: "dp-1",
      order_id: 11,
      product_id: 1,
      provider: "generic",
      payment_id: "pay-1",
      status: "open",
      amount_minor: 20_000,
      amount: "200.00",
      held_minor: 19_998,
      currency: "EUR",
      created_at: moment,
      updated_at: moment,
    })
  })
})

describe("of a product with variants", () => {
  const small: Variant = { ...defaultVariantSettings, ...variantWith(5, "41", "R-41") }
  const large: Variant = { ...defaultVariantSettings, ...variantWith(9, "43", null) }
  const product = { stock: 6, held: 3, variants: [small, large] }
  const lines = [
    { variantId: 9, qty: 2, unitPriceMinor: 14_900, restockedQty: 0 },
    { variantId: 5, qty: 1, unitPriceMinor: 12_900, restockedQty: 0 },
  ]
  const basket = orderWith({ qty: 3, lines, unitPriceMinor: null, totalMinor: 42_700 })
  const payBasket = { ...pay, event: eventWith({ amountMinor: 42_700 }) }

  function variantWith(id: number, name: string, sku: string | null) {
    const held = id === 9 ? 2 : 1
    return { id, name, sku, position: id, stock: 3, held, sold: 0 }
  }
  const bodiesOf = (state: WorkingSet) => outgoingEvents(state, NOON).map(({ body }) => JSON.parse(body))

  test("an order's event has its lines, each with number, name and unit price", () => {
    const state = after({ product, orders: [basket] }, payBasket)
    const [paidEvent] = bodiesOf(state)
    expect(paidEvent).toMatchObject({ type: "order.paid", data: { unit_price: null, total_minor: 42_700 } })
    expect(paidEvent.data.lines).toEqual([
      {
        variant_id: 9,
        sku: null,
        name: "43",
        quantity: 2,
        unit_price: "149.00",
        unit_price_minor: 14_900,
        total_minor: 29_800,
        restocked_qty: 0,
      },
      {
        variant_id: 5,
        sku: "R-41",
        name: "41",
        quantity: 1,
        unit_price: "129.00",
        unit_price_minor: 12_900,
        total_minor: 12_900,
        restocked_qty: 0,
      },
    ])
  })

  test("every event of an order has them", () => {
    const heldLine = { variantId: 5, qty: 1, unitPriceMinor: 12_900 }
    const line = [{ ...heldLine, restockedQty: 0 }]
    const one = { qty: 1, lines: line, unitPriceMinor: 12_900, totalMinor: 12_900 }
    const held = holdWith({ qty: 1, lines: [heldLine] })
    const payment = paymentWith({ amountMinor: 12_900 })
    const settle = { kind: "settle_refund", productId: 1, orderId: 11, number: 1 } as const
    const states = [
      after({ product, holds: [held] }, order),
      after({ product, orders: [orderWith(one)] }, cancel),
      after({ product, orders: [orderWith({ ...one, expiresAt: NOON })] }, sweep),
      after(
        {
          product: { ...product, held: 2, sold: 1, variants: [{ ...small, held: 0, sold: 1 }, large] },
          orders: [orderWith({ ...one, status: "paid" })],
          payments: [payment],
        },
        { kind: "refund_order", productId: 1, orderId: 11, amountMinor: null, restockQty: 0 },
        { ...settle, result: { status: "confirmed", providerRefundId: null } },
      ),
    ]
    const events = states.flatMap(bodiesOf).filter(({ type }) => type.startsWith("order."))
    expect(events.map(({ type }) => type)).toEqual([
      "order.created",
      "order.cancelled",
      "order.expired",
      "order.refunded",
    ])
    for (const { data } of events) expect(data.lines).toMatchObject([{ sku: "R-41", name: "41" }])
  })

  test("the product's event has the counters of each", () => {
    const variants = [
      { ...small, sold: 2 },
      { ...large, stock: 2 },
    ]
    const state = after({ product: { stock: 5, held: 3, sold: 2, variants }, orders: [basket] }, payBasket)
    expect(bodiesOf(state).at(-1)).toMatchObject({
      type: "product.sold_out",
      data: {
        sold_stock: 5,
        variants: [
          {
            variant_id: 5,
            sku: "R-41",
            name: "41",
            stock: 3,
            available_stock: 0,
            reserved_stock: 0,
            sold_stock: 3,
          },
          { variant_id: 9, sku: null, name: "43", sold_stock: 2 },
        ],
      },
    })
  })

  test("the shop's own numbers of the product are in the events of its orders, and in its own", () => {
    const numbered = { ...product, sku: "SHOE", externalId: "wc-7" }
    const units = {
      stock: 3,
      held: 3,
      variants: [
        { ...small, stock: 1 },
        { ...large, stock: 2 },
      ],
    }
    const [ofOrder, ofProduct] = bodiesOf(
      after({ product: { ...numbered, ...units }, orders: [basket] }, payBasket),
    )
    expect(ofOrder.data).toMatchObject({ order_id: 11, product_sku: "SHOE", product_external_id: "wc-7" })
    expect(ofProduct).toMatchObject({
      type: "product.sold_out",
      data: { product_id: 1, sku: "SHOE", external_id: "wc-7" },
    })

    const [plain] = bodiesOf(after({ product: { externalId: "wc-8" }, holds: [holdWith()] }, order))
    expect(plain).toMatchObject({ type: "order.created", data: { product_external_id: "wc-8" } })
    expect(plain.data).not.toHaveProperty("product_sku")
  })
})

describe("a product", () => {
  const last = { product: { sold: 8 }, orders: [orderWith()] }

  test("is sold out when its last units are paid, whatever is sold before", () => {
    expect(idsAfter(last, pay)).toEqual(["order_paid-11", "product_sold_out-1-8"])
    expect(idsAfter({ ...last, product: { sold: 7 } }, pay)).toEqual(["order_paid-11"])
  })

  test("is not sold out while its last units are only held", () => {
    expect(idsAfter({}, askFor(10))).toEqual([])
  })

  test("is restocked by more stock or by restocked units", () => {
    const soldOut = { ...paid, product: { sold: 8 } }
    expect(idsAfter(soldOut, adjust(11))).toEqual(["product_restocked-1-8"])
    expect(idsAfter(soldOut, restock(1))).toEqual(["product_restocked-1-8"])
  })

  test("has its counters in the event", () => {
    const events = outgoingEvents(after(last, pay), NOON)
    expect(JSON.parse(events.at(-1)?.body ?? "{}")).toEqual({
      type: "product.sold_out",
      timestamp: isoTime(NOON),
      data: {
        product_id: 1,
        name: "Lamp",
        stock: 10,
        available_stock: 0,
        reserved_stock: 0,
        sold_stock: 10,
      },
    })
  })

  test("that sells out and is restocked within a batch makes no event", () => {
    expect(idsAfter(last, pay, adjust(11))).toEqual(["order_paid-11"])
  })

  test("that is new makes no event, even without stock", () => {
    const state = after({})
    state.loadedProduct = null
    if (state.product !== null) state.product = { ...state.product, stock: 0 }
    expect(outgoingEvents(state, NOON)).toEqual([])
  })
})
