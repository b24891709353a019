import { expect, test } from "vitest"
import { adjustStock } from "../../src/domain/adjust-stock.ts"
import { NOON, stateWith } from "../support/builders.ts"

const adjust = { kind: "adjust_stock", productId: 1, adjustmentId: 5 } as const

test.each([
  // stock held sold  expected  wanted  refusal
  [10, 0, 0, 10, 20, null],
  [10, 3, 4, 10, 8, null],
  [10, 3, 4, 10, 7, null],
  [10, 3, 4, 10, 6, { code: "stock_in_use", held: 3, sold: 4 }],
  [10, 3, 4, 9, 20, { code: "stock_changed", stock: 10 }],
  // A wrong expectation has precedence.
  [10, 3, 4, 9, 6, { code: "stock_changed", stock: 10 }],
  [10, 3, 4, 10, 10, null],
  [10, 0, 0, 10, 0, null],
  [0, 0, 0, 0, 5, null],
])("stock %i, held %i, sold %i: from %i to %i: %o", (stock, held, sold, expected, wanted, refusal) => {
  const state = stateWith({ product: { stock, held, sold, version: 7 } })

  const outcome = adjustStock(state, { ...adjust, stock: wanted, expected }, NOON)

  const changed = { ...state.loadedProduct, stock: wanted, version: 8, updatedAt: NOON }
  expect(outcome).toEqual(refusal ?? changed)
  expect(state.product).toEqual(refusal === null ? changed : state.loadedProduct)
  expect(state.adjustments).toEqual(
    refusal === null
      ? [{ id: 5, productId: 1, variantId: null, stockBefore: stock, stockAfter: wanted, createdAt: NOON }]
      : [],
  )
})

test("an unknown product is not found", () => {
  const state = stateWith({ product: null })
  expect(adjustStock(state, { ...adjust, stock: 1, expected: 0 }, NOON)).toEqual({
    code: "product_not_found",
  })
})

test("of two changes with the same expectation in one batch, only the first is made", () => {
  const state = stateWith()
  adjustStock(state, { ...adjust, stock: 11, expected: 10 }, NOON)
  const second = adjustStock(state, { ...adjust, stock: 12, expected: 10, adjustmentId: 6 }, NOON)
  expect(second).toEqual({ code: "stock_changed", stock: 11 })
  expect(state.adjustments).toHaveLength(1)
})
