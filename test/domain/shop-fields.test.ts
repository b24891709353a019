import { describe, expect, test } from "vitest"
import { placeOrder } from "../../src/domain/place-order.ts"
import { isOverLimit, type GivenShopFields, type Metadata } from "../../src/domain/shop-fields.ts"
import { outcomeFromText, outcomeText } from "../../src/domain/stored-outcome.ts"
import { codeOf, holdWith, NOON, orderWith, stateWith } from "../support/builders.ts"

const order = { kind: "place_order", productId: 1, orderId: 11, holdId: 1 } as const
const keys = (count: number): Metadata =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]))

test.each<[string, GivenShopFields, GivenShopFields, GivenShopFields]>([
  ["nothing", {}, {}, {}],
  [
    "the hold's",
    { reference: "cart 7", metadata: { a: "1" } },
    {},
    { reference: "cart 7", metadata: { a: "1" } },
  ],
  ["its own", {}, { reference: "B", metadata: {} }, { reference: "B", metadata: {} }],
  [
    "the hold's, and its own beside them",
    { reference: "A", metadata: { a: "1", b: "1" } },
    { reference: "B", metadata: { b: "2", c: "2" } },
    { reference: "A", metadata: { a: "1", b: "1", c: "2" } },
  ],
])("an order has %s", (_, held, given, expected) => {
  const state = stateWith({ holds: [holdWith(held as object)] })

  placeOrder(state, { ...order, ...given }, NOON)

  expect(state.orders.get(11)).toMatchObject({ reference: null, metadata: null, ...expected })
})

test.each<[string, Metadata, Metadata, string | null]>([
  ["20 keys, one of both", keys(19), { k18: "w", k19: "w" }, null],
  ["21 keys", keys(20), { other: "w" }, "metadata_over_limit"],
  ["1,024 bytes", { a: "x".repeat(500) }, { b: "x".repeat(509) }, null],
  ["1,025 bytes", { a: "x".repeat(500) }, { b: "x".repeat(510) }, "metadata_over_limit"],
])("metadata of hold and order together: %s", (_, held, given, code) => {
  const state = stateWith({ holds: [holdWith({ metadata: held })] })

  expect(codeOf(placeOrder(state, { ...order, metadata: given }, NOON))).toBe(code)
  expect(state.holds.get(1)?.status).toBe(code === null ? "converted" : "active")
})

test("bytes count as UTF-8", () => {
  expect(isOverLimit({ a: "ü".repeat(508) })).toBe(false)
  expect(isOverLimit({ a: "ü".repeat(509) })).toBe(true)
})

describe("an order that a payment event has made", () => {
  const held = { reference: "A", metadata: { a: "1", bb: "1" } }
  const made = () =>
    stateWith({
      holds: [holdWith({ status: "converted", ...held })],
      // PostgreSQL returns the keys in another order.
      orders: [
        orderWith({ origin: "payment_event", status: "paid", ...held, metadata: { bb: "1", a: "1" } }),
      ],
    })

  test("takes the fields of the first request, and no later ones", () => {
    const state = made()
    placeOrder(state, { ...order, reference: "B", metadata: { c: "2" } }, NOON)
    const again = placeOrder(state, { ...order, reference: "C", metadata: { d: "3" } }, NOON)
    expect(again).toMatchObject({
      existed: true,
      order: { reference: "A", metadata: { a: "1", bb: "1", c: "2" }, status: "paid" },
    })
    expect(state.orders.get(11)).toMatchObject({ reference: "A" })
  })

  test("is not changed by a request without any, or with too many", () => {
    const state = made()
    placeOrder(state, order, NOON)
    expect(codeOf(placeOrder(state, { ...order, metadata: keys(19) }, NOON))).toBe("metadata_over_limit")
    expect(state.orders.changed()).toEqual([])
  })
})

test("an outcome that an earlier version has stored has none", () => {
  const { reference: _, metadata: __, ...old } = orderWith()
  const text = outcomeText({ order: old as ReturnType<typeof orderWith>, existed: false })
  expect(outcomeFromText(text)).toEqual({ order: orderWith(), existed: false })
})
