import { expect, test } from "vitest"
import { checkHistory } from "./checker/check.ts"
import type { History, Invocation, Response } from "./checker/operations.ts"
import { handwritten, hold, unknown, type OperationLine } from "./handwritten.ts"

/** Units of variants 1, 2 and 3. */
type Units = readonly [number, number, number]

/** A history of a product of which each of three variants has one unit. */
function historyOf(operations: readonly OperationLine[]): History {
  const { products, ...history } = handwritten(3, operations)
  const variants = [1, 2, 3].map((id) => ({ id, stock: 1 }))
  return { ...history, products: products.map((product) => Object.assign({}, product, { variants })) }
}

const lines = (ids: readonly number[]) => ids.map((variantId) => ({ variantId, qty: 1 }))
const askFor = (...ids: readonly number[]): Invocation => ({
  kind: "hold",
  productId: 1,
  qty: ids.length,
  key: null,
  lines: lines(ids),
})
const granted = (id: number, at: number, ids: readonly number[]) =>
  hold(id, at, { qty: ids.length, lines: lines(ids) })
const basket = (id: number, at: number, ...ids: readonly number[]): OperationLine => [
  at,
  at + 10,
  askFor(...ids),
  granted(id, at + 5, ids),
]
const release = (id: number, at: number, heldSince: number, ...ids: readonly number[]): OperationLine => [
  at,
  at + 10,
  { kind: "release", holdId: id },
  hold(id, heldSince, { status: "released", qty: ids.length, lines: lines(ids) }),
]
const lacks = (...ids: readonly number[]): Response => ({
  kind: "refused",
  code: "out_of_stock",
  available: 0,
  lacking: ids.map((variantId) => ({ variantId, available: 0 })),
})
const read = (at: number, available: Units): OperationLine => {
  const variants = available.map((units, index) => ({
    id: index + 1,
    stock: 1,
    available: units,
    held: 1 - units,
    sold: 0,
  }))
  const all = available.reduce((sum, units) => sum + units, 0)
  return [
    at,
    at + 10,
    { kind: "read_product", productId: 1 },
    { kind: "product", stock: 3, available: all, held: 3 - all, sold: 0, variants },
  ]
}

interface Planted {
  readonly name: string
  readonly prefix: readonly OperationLine[]
  readonly violating: readonly OperationLine[]
  readonly legal: readonly OperationLine[]
  readonly reason: string
}

/** Violations that only a check by variant can find: the product as a whole has units left. */
const planted: readonly Planted[] = [
  {
    name: "a variant is oversold while the product has units",
    prefix: [basket(1, 0, 1)],
    violating: [basket(2, 100, 1)],
    legal: [basket(2, 100, 2)],
    reason: "variant 1: there were no units for this",
  },
  {
    name: "a basket is held although one of its lines lacks its unit",
    prefix: [basket(1, 0, 1)],
    violating: [basket(2, 100, 2, 1)],
    legal: [[100, 110, askFor(2, 1), lacks(1)]],
    reason: "variant 1: there were no units for this",
  },
  {
    name: "a basket is held in part",
    prefix: [],
    violating: [[0, 10, askFor(1, 2), granted(1, 5, [1])]],
    legal: [basket(1, 0, 1, 2)],
    reason: "asked for 2 and got 1",
  },
  {
    name: "a basket has another variant than was requested",
    prefix: [],
    violating: [[0, 10, askFor(1, 2), granted(1, 5, [1, 3])]],
    legal: [basket(1, 0, 1, 2)],
    reason: "other lines",
  },
  {
    name: "a basket's lines are taken one after the other",
    // The request without a response would explain that one unit of the product is held, but not which.
    prefix: [
      [0, 2_000, askFor(1, 2), granted(1, 1_500, [1, 2])],
      [0, Infinity, askFor(3), unknown],
    ],
    violating: [read(1_000, [0, 1, 1])],
    legal: [read(1_000, [1, 1, 0])],
    reason: "variants 1 and 2: product 1: this response was true at no moment",
  },
  {
    name: "a released basket returns one of its lines only",
    prefix: [basket(1, 0, 1, 2), release(1, 100, 5, 1, 2)],
    violating: [read(900, [1, 0, 1])],
    legal: [read(900, [1, 1, 1])],
    reason: "true at no moment",
  },
  {
    name: "the last units are exchanged between two baskets that overlap, and the shared one is held twice",
    prefix: [basket(1, 0, 1, 2)],
    violating: [basket(2, 100, 3, 2), release(1, 200, 5, 1, 2)],
    legal: [[100, 110, askFor(3, 2), lacks(2)], release(1, 200, 5, 1, 2), basket(2, 300, 3, 2)],
    reason: "there were no units for this",
  },
  {
    name: "a refusal names a variant that has its unit",
    prefix: [basket(1, 0, 1)],
    violating: [[100, 110, askFor(1, 2), lacks(1, 2)]],
    legal: [[100, 110, askFor(1, 2), lacks(1)]],
    reason: "variant 2: product 1: this response was true at no moment",
  },
]

test.each(planted)("$name: rejected", ({ prefix, violating, reason }) => {
  expect(checkHistory(historyOf([...prefix, ...violating]))).toMatchObject({
    explained: false,
    reason: expect.stringContaining(reason),
  })
})

test.each(planted)("$name: the nearest legal history is accepted", ({ prefix, legal }) => {
  expect(checkHistory(historyOf([...prefix, ...legal]))).toMatchObject({ explained: true })
})

test("the stock of one variant is set without a word about the others", () => {
  const setStock = (stock: number, expected: number): Invocation => ({
    kind: "set_stock",
    productId: 1,
    variantId: 2,
    stock,
    expected,
  })
  const seen = (units: Units): Response => ({
    kind: "product",
    stock: units[0] + units[1] + units[2],
    available: units[0] + units[1] + units[2],
    held: 0,
    sold: 0,
    variants: units.map((stock, index) => ({ id: index + 1, stock, available: stock, held: 0, sold: 0 })),
  })

  const legal = checkHistory(historyOf([[0, 10, setStock(4, 1), seen([1, 4, 1])]]))
  const violating = checkHistory(historyOf([[0, 10, setStock(4, 2), seen([1, 4, 1])]]))

  expect(legal).toMatchObject({ explained: true })
  expect(violating).toMatchObject({ explained: false })
})
