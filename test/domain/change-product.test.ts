import { describe, expect, test } from "vitest"
import { changeProduct, createProduct } from "../../src/domain/change-product.ts"
import { instant } from "../../src/domain/time.ts"
import { afterNoon, codeOf, NOON, productWith, stateWith, TICK } from "../support/builders.ts"

const settings = {
  name: "Lamp",
  description: "bright",
  imageUrl: null,
  priceMinor: 500,
  currency: "JPY",
  opensAt: null,
  closesAt: null,
  paused: false,
  maxPerHold: 2,
  maxPerCustomer: 3,
  holdTtlSeconds: 60,
  status: "listed" as const,
  sku: null,
  externalId: null,
  stockDisplay: "exact" as const,
  customer: "any" as const,
  phases: null,
  collect: null,
}
const create = { kind: "create_product", productId: 1, settings, stock: 10, adjustmentId: 5 } as const
const change = { kind: "change_product", productId: 1 } as const

/** Sale windows that end before, at and after their start, and open-ended ones. */
const windows = [
  // opens at     closes at         refusal
  [null, null, null],
  [NOON, null, null],
  [null, NOON, null],
  [null, instant(-1), null],
  [NOON, afterNoon(TICK), null],
  [NOON, NOON, "invalid_sale_window"],
  [NOON, afterNoon(-TICK), "invalid_sale_window"],
] as const

describe("create product", () => {
  test("makes all units available and records the initial stock", () => {
    const state = stateWith({ product: null })
    expect(createProduct(state, create, NOON)).toEqual({
      ...settings,
      id: 1,
      stock: 10,
      held: 0,
      sold: 0,
      version: 1,
      variants: null,
      createdAt: NOON,
      updatedAt: NOON,
    })
    expect(state.adjustments).toEqual([
      { id: 5, productId: 1, variantId: null, stockBefore: 0, stockAfter: 10, createdAt: NOON },
    ])
    expect(state.facts).toEqual([
      { kind: "product_created", productId: 1, settings },
      { kind: "stock_adjusted", productId: 1, stockBefore: 0, stockAfter: 10 },
    ])
  })

  test("a change in the same batch keeps version 1", () => {
    const state = stateWith({ product: null })
    createProduct(state, create, NOON)
    const changes = { paused: true }
    expect(changeProduct(state, { ...change, changes }, NOON)).toMatchObject({ paused: true, version: 1 })
  })

  test("repeated after a lost batch, returns the existing product", () => {
    const present = productWith({ sold: 3 })
    const state = stateWith({ product: present })
    expect(createProduct(state, create, NOON)).toEqual(present)
    expect(state.adjustments).toEqual([])
  })

  test.each(windows)("open from %s to %s: %s", (opensAt, closesAt, code) => {
    const state = stateWith({ product: null })
    const outcome = createProduct(state, { ...create, settings: { ...settings, opensAt, closesAt } }, NOON)
    expect(codeOf(outcome)).toBe(code)
    expect(state.product).toEqual(code === null ? outcome : null)
    expect(state.adjustments).toHaveLength(code === null ? 1 : 0)
  })
})

describe("change product", () => {
  test.each([
    { paused: true },
    { opensAt: NOON, closesAt: afterNoon(60) },
    { maxPerHold: 1, maxPerCustomer: 1, holdTtlSeconds: 5 },
    {
      name: "Desk",
      description: null,
      imageUrl: "https://example.org/a.png",
      priceMinor: 0,
      currency: "KWD",
    },
    {},
  ])("changes %o and nothing else", (changes) => {
    const before = productWith({ held: 3, sold: 2, maxPerCustomer: 9 })
    const state = stateWith({ product: before })
    expect(changeProduct(state, { ...change, changes }, NOON)).toEqual({
      ...before,
      ...changes,
      version: before.version + 1,
      updatedAt: NOON,
    })
    expect(state.facts).toEqual([{ kind: "product_changed", productId: 1, settings: changes }])
  })

  test("an unknown product is not found", () => {
    const state = stateWith({ product: null })
    expect(changeProduct(state, { ...change, changes: {} }, NOON)).toEqual({ code: "product_not_found" })
  })

  test.each(windows)("to a sale from %s to %s: %s", (opensAt, closesAt, code) => {
    const state = stateWith()
    const outcome = changeProduct(state, { ...change, changes: { opensAt, closesAt } }, NOON)
    expect(outcome).toMatchObject(code === null ? { opensAt, closesAt } : { code })
    expect(state.product).toEqual(code === null ? outcome : state.loadedProduct)
  })

  test("a new start or end is checked against the existing other one", () => {
    const state = stateWith({ product: { opensAt: NOON } })
    expect(changeProduct(state, { ...change, changes: { closesAt: NOON } }, NOON)).toEqual({
      code: "invalid_sale_window",
    })
    expect(state.product).toEqual(state.loadedProduct)
  })
})
