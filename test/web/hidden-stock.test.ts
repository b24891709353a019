import { expect, test } from "vitest"
import type { Product, Variant } from "../../client/src/index.ts"
import { whatBuyerSees, type Known, type Refusal } from "../../web/storefront/buyer-view.ts"
import { isOver } from "../../web/storefront/refused-units.ts"
import { languageOf } from "../../web/storefront/language.ts"
import { noticeText, stockText } from "../../web/storefront/texts.ts"
import { lacksOf, mostOfVariant, stateOfVariant } from "../../web/storefront/variant-choice.ts"
import { en } from "../../web/storefront/words/en.ts"
import { lamp, variant as counted } from "./product.ts"

// What the pages make of products whose shop does not show how many units there are.

const english = languageOf("en", en)

function hidden(stock_level: "available" | "few" | "none", more: Partial<Product> = {}): Product {
  const { stock: _, available_stock: _available, reserved_stock: _held, sold_stock: _sold, ...shown } = lamp
  return { ...shown, stock_level, ...more }
}

function variant(
  id: number,
  stock_level: "available" | "few" | "none",
  more: Partial<Variant> = {},
): Variant {
  const {
    stock: _,
    available_stock: _available,
    reserved_stock: _held,
    sold_stock: _sold,
    ...shown
  } = counted(id, `4${id}`)
  return { ...shown, stock_level, ...more }
}

const known = {
  hold: null,
  heldPriceMinor: null,
  askedMinor: null,
  heldOrderId: null,
  order: null,
  payment: null,
  nowMs: Date.parse("2026-11-27T12:00:30Z"),
  connection: "live",
  pending: null,
  refusal: null,
} as const

const stageOf = (product: Product) => whatBuyerSees({ ...known, product } satisfies Known).stage

test.each([
  [hidden("few", { max_per_hold: null }), { kind: "on_sale", mostUnits: 10 }],
  [hidden("available", { max_per_hold: 3 }), { kind: "on_sale", mostUnits: 3 }],
  [hidden("none", { sale_state: "all_held" }), { kind: "all_held" }],
  // The page's clock is ahead of the last answer: the sale has opened since.
  [hidden("available", { sale_state: "scheduled", opens_at: "2026-11-27T12:00:10Z" }), { kind: "on_sale" }],
  [hidden("none", { sale_state: "scheduled", opens_at: "2026-11-27T12:00:10Z" }), { kind: "all_held" }],
  // Variants that are for sale count on the server.
  [
    hidden("few", { variants: [variant(1, "few"), variant(2, "available", { enabled: false })] }),
    { kind: "on_sale" },
  ],
])("the stage without numbers: %j", (product, stage) => {
  expect(stageOf(product)).toMatchObject(stage)
})

test.each([
  [variant(1, "available"), "open", "Available"],
  [variant(1, "few"), "open", "Only a few left"],
  [variant(1, "none", { sale_state: "all_held" }), "all_held", "All reserved"],
  [variant(1, "none", { sale_state: "sold_out" }), "sold_out", "Sold out"],
])("a variant without numbers: %j", (one, state, text) => {
  expect(stateOfVariant(one)).toBe(state)
  expect(stockText(english, one, stateOfVariant(one))).toBe(text)
})

test("as many units can be chosen as the limits allow, while some are left", () => {
  const [some, gone] = [variant(1, "few"), variant(2, "none", { sale_state: "all_held" })]
  const product = hidden("few", { max_per_hold: 4, variants: [some, gone] })
  expect([some, gone].map((one) => mostOfVariant(product, one, []))).toEqual([4, 0])
  const choice = [some, gone].map(({ id }) => ({ variant_id: id, qty: 4 }))
  expect(lacksOf(product, choice)).toEqual([{ name: "42", state: "all_held", available: 0 }])
})

const lackingOf = (requested: number): Refusal => ({
  code: "lacking",
  lines: [{ variantId: 1, name: "41", requested, available: null }],
  retryAt: null,
})

test.each([
  ["one unit was asked for, and there is one again", lackingOf(1), "few", true],
  ["none has come back", lackingOf(1), "none", false],
  // Whether there are two is not known; the notice stays until the buyer asks again.
  ["two were asked for", lackingOf(2), "available", false],
] as const)("a notice ends when its units are there: %s", (_, refusal, level, is) => {
  expect(isOver(refusal, hidden(level, { variants: [variant(1, level)] }))).toBe(is)
})

test("notices name no number", () => {
  expect(noticeText(english, { code: "too_few", available: null })).toBe(
    "Fewer than that are left. Choose fewer.",
  )
  expect(noticeText(english, lackingOf(2))).toContain("fewer units of 41 are left than you chose")
})
