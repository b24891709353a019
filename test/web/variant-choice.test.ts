import { expect, test } from "vitest"
import type { Product, Variant } from "../../client/src/index.ts"
import { productAt, saleStateAt } from "../../web/storefront/buyer-view.ts"
import { languageOf } from "../../web/storefront/language.ts"
import { chooseFirstText, lackText, priceText, stockText } from "../../web/storefront/texts.ts"
import {
  firstChoice,
  inOrder,
  lacksOf,
  mostOfVariant,
  priceOfChoice,
  stateOfVariant,
  variantsForSale,
  wayToChoose,
  withinStock,
  withUnits,
  type Choice,
} from "../../web/storefront/variant-choice.ts"
import { en } from "../../web/storefront/words/en.ts"
import { lamp } from "./product.ts"

const english = languageOf("en", en)

function size(id: number, more: Partial<Variant> = {}): Variant {
  return {
    id,
    name: String(40 + id),
    sku: null,
    options: { size: String(40 + id) },
    position: id,
    image_url: null,
    price: "129.00",
    price_minor: 12_900,
    own_price: false,
    stock: 10,
    available_stock: 4,
    reserved_stock: 3,
    sold_stock: 3,
    sale_state: "open",
    max_per_hold: null,
    enabled: true,
    ...more,
  }
}

const shoe = (variants: readonly Variant[], more: Partial<Product> = {}): Product => ({
  ...lamp,
  max_per_hold: null,
  ...more,
  variants,
})

const poster = size(3, { name: "Poster", options: {}, price_minor: 4_000 })

test.each<[string, string, readonly Variant[], Partial<Product>]>([
  ["sizes of one price", "either", [size(1), size(2)], {}],
  ["sizes of one price, one unit for each hold", "one", [size(1), size(2)], { max_per_hold: 1 }],
  ["sizes of one price, one unit for each customer", "one", [size(1), size(2)], { max_per_customer: 1 }],
  ["sizes of two prices", "several", [size(1), size(2, { price_minor: 13_900 })], {}],
  ["two prices, but one unit for each hold", "one", [size(1), poster], { max_per_hold: 1 }],
  ["a size beside something without", "several", [size(1), size(2, { options: {} })], {}],
  ["goods without options", "either", [size(1, { options: {} }), size(2, { options: {} })], {}],
  ["only one variant", "one", [size(1)], {}],
])("%s: %s", (_, way, variants, more) => {
  expect(wayToChoose(shoe(variants, more), variants)).toBe(way)
})

// "All reserved" is not "Sold out": units of the one may come back.
test.each<[string, Partial<Variant>, string]>([
  ["4 left", {}, "open"],
  ["All reserved", { available_stock: 0, reserved_stock: 7, sold_stock: 3 }, "all_held"],
  ["All reserved", { available_stock: 0, reserved_stock: 1, sold_stock: 9 }, "all_held"],
  ["Sold out", { available_stock: 0, reserved_stock: 0, sold_stock: 10 }, "sold_out"],
  ["Sold out", { stock: 0, available_stock: 0, reserved_stock: 0, sold_stock: 0 }, "sold_out"],
  ["Not for sale", { enabled: false }, "not_for_sale"],
])("a variant reads %s when it has %j", (text, more, state) => {
  const variant = size(1, more)
  expect([stateOfVariant(variant), stockText(english, variant, stateOfVariant(variant))]).toEqual([
    state,
    text,
  ])
})

test("units of a variant that is not for sale count for nothing", () => {
  const product = shoe([size(1), size(2, { enabled: false })], { stock: 20, available_stock: 8 })
  expect(productAt(product, null)).toMatchObject({
    stock: 10,
    available_stock: 4,
    reserved_stock: 3,
    sold_stock: 3,
  })
  expect(variantsForSale(product).map(({ id }) => id)).toEqual([1])
  expect(productAt(lamp, null)).toEqual(lamp)
})

test("a sale that opens by itself counts only variants for sale", () => {
  const opens_at = "2026-11-27T12:00:00.000Z"
  const held = { available_stock: 0, reserved_stock: 7 }
  const scheduled = { sale_state: "scheduled", opens_at, available_stock: 4 } as const
  const product = shoe([size(1, held), size(2, { enabled: false })], scheduled)
  expect(saleStateAt(product, Date.parse(opens_at))).toBe("all_held")
})

test("a product of which no variant is for sale is not called sold out", () => {
  const product = shoe([size(1, { enabled: false })], { sale_state: "sold_out" })
  expect([saleStateAt(product, null), saleStateAt(product, Date.now())]).toEqual(["paused", "paused"])
  expect(saleStateAt({ ...lamp, sale_state: "sold_out" }, null)).toBe("sold_out")
})

test("lines of a choice keep their places, and a line of 0 units is none", () => {
  let choice: Choice = withUnits([], 2, 1)
  choice = withUnits(choice, 1, 1)
  choice = withUnits(choice, 2, 3)
  expect(choice).toEqual([
    { variant_id: 2, qty: 3 },
    { variant_id: 1, qty: 1 },
  ])
  expect(withUnits(choice, 2, 0)).toEqual([{ variant_id: 1, qty: 1 }])
})

test("a new visitor has chosen only what leaves no choice", () => {
  expect(firstChoice(shoe([size(1), size(2)]))).toEqual([])
  expect(firstChoice(shoe([size(1, { enabled: false }), size(2)]))).toEqual([{ variant_id: 2, qty: 1 }])
  expect(firstChoice(lamp)).toEqual([])
})

// The limits of the hold, of the customer and of the variant, what is available, other units chosen, and the most.
test.each<[number | null, number | null, number | null, number, number, number]>([
  [null, null, null, 4, 0, 4],
  [null, null, null, 400, 0, 10],
  [null, null, null, 400, 8, 2],
  [3, null, null, 4, 0, 3],
  [3, null, null, 4, 2, 1],
  [3, 2, null, 4, 0, 2],
  [3, null, 1, 4, 0, 1],
  [3, null, 1, 4, 3, 0],
  [3, null, null, 0, 0, 0],
])(
  "with limits %s, %s, %s, %i available and %i others chosen, %i can be chosen",
  (max_per_hold, max_per_customer, ofVariant, available_stock, others, most) => {
    const variant = size(1, { max_per_hold: ofVariant, available_stock })
    const product = shoe([variant, size(2)], { max_per_hold, max_per_customer })
    expect(mostOfVariant(product, variant, withUnits([{ variant_id: 1, qty: 1 }], 2, others))).toBe(most)
  },
)

test("a basket has 20 lines at most, as many as one request takes", () => {
  const variants = Array.from({ length: 21 }, (_, index) => size(index + 1))
  const product = shoe(variants, { max_per_hold: 50 })
  const lines = (count: number) => variants.slice(0, count).map(({ id }) => ({ variant_id: id, qty: 1 }))
  expect(mostOfVariant(product, size(21), lines(19))).toBe(4)
  expect(mostOfVariant(product, size(21), lines(20))).toBe(0)
  expect(mostOfVariant(product, size(20), lines(20))).toBe(4)
})

test("of one variant no more is chosen than there is, and at least one", () => {
  const product = shoe([size(1, { available_stock: 2 }), size(2, { available_stock: 0 })])
  expect(withinStock(product, [{ variant_id: 1, qty: 4 }])).toEqual([{ variant_id: 1, qty: 2 }])
  expect(withinStock(product, [{ variant_id: 2, qty: 4 }])).toEqual([{ variant_id: 2, qty: 1 }])
})

test("a basket costs the sum of its lines", () => {
  const product = shoe([size(1), poster])
  expect(priceOfChoice(product, [{ variant_id: 1, qty: 2 }])).toBe(25_800)
  expect(priceOfChoice(product, withUnits([{ variant_id: 1, qty: 2 }], 3, 3))).toBe(37_800)
})

test("each chosen variant that lacks units says why", () => {
  const gone = { available_stock: 0, reserved_stock: 0, sold_stock: 10 }
  const product = shoe([
    size(1),
    size(2, { available_stock: 1 }),
    size(3, { available_stock: 0, reserved_stock: 7 }),
    size(4, gone),
    size(5, { enabled: false }),
  ])
  const choice = [1, 2, 3, 4, 5].map((variant_id) => ({ variant_id, qty: 2 }))
  expect(lacksOf(product, choice).map((lack) => lackText(english, lack))).toEqual([
    "42 has only 1 unit left. Choose fewer.",
    "All units of 43 are reserved. Units come back when a reservation expires: stay on this page.",
    "44 is sold out.",
    "45 is no longer for sale.",
  ])
})

test("it is said which variants are available again", () => {
  expect([en.availableAgain(["42"]), en.availableAgain(["42", "Poster"])]).toEqual([
    "42 is available again.",
    "42 and Poster are available again.",
  ])
})

test("the price of a product is the lowest of what is for sale", () => {
  expect(priceText(english, lamp)).toBe("€129.00")
  expect(priceText(english, shoe([size(1), size(2)]))).toBe("€129.00")
  expect(priceText(english, shoe([size(1), poster]))).toBe("From €40.00")
  expect(priceText(english, shoe([size(1), size(2, { price_minor: 1, enabled: false })]))).toBe("€129.00")
})

test("the button asks for the option by which the variants differ", () => {
  expect(["size", "edition", null].map((option) => chooseFirstText(english, option))).toEqual([
    "Choose a size",
    "Choose an edition",
    "Choose an option first",
  ])
})

test("a basket is in the product's order, whatever was pressed first", () => {
  const pressed = [3, 1].map((variant_id) => ({ variant_id, qty: variant_id }))
  expect(inOrder([size(1), size(2), size(3)], pressed)).toEqual(pressed.toReversed())
})
