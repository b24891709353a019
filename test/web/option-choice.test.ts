import { expect, test } from "vitest"
import type { Variant } from "../../client/src/index.ts"
import {
  narrowed,
  namedOptions,
  offerOf,
  optionGroups,
  picksFor,
  variantPicked,
  variantsLeft,
  withPick,
  type Picks,
} from "../../web/storefront/option-choice.ts"
import { catalogues } from "../../web/storefront/words/catalogues.ts"
import { variant } from "./product.ts"

/** A shirt: of black all sizes, of white no L, of red no S. The options are in the order in which the server stores them. */
const shirt = ["Black / S", "Black / M", "Black / L", "White / S", "White / M", "Red / M", "Red / L"].map(
  (name, index) => one(index + 1, name),
)

function one(id: number, name: string, more: Partial<Variant> = {}): Variant {
  const [colour = "", size = ""] = name.split(" / ")
  return variant(id, name, { options: { size, colour }, ...more })
}

const soldOut = { available_stock: 0, reserved_stock: 0, sold_stock: 20 }
const allHeld = { available_stock: 0, reserved_stock: 20, sold_stock: 0 }

test("the groups are in the order of a name's parts, and their values in that of the variants", () => {
  expect(optionGroups(shirt)).toEqual([
    { option: "colour", values: ["Black", "White", "Red"] },
    { option: "size", values: ["S", "M", "L"] },
  ])
})

const plain = (id: number, options: Variant["options"], name = `No. ${id}`) => variant(id, name, { options })

test.each<[string, readonly Variant[], readonly string[]]>([
  ["no variants", [], []],
  ["one option", [plain(1, { size: "41" }), plain(2, { size: "42" })], []],
  [
    "a second option with one value",
    [plain(1, { of: "cotton", size: "M" }), plain(2, { of: "cotton", size: "L" })],
    [],
  ],
  ["a variant without one of them", [...shirt, plain(8, { size: "XL" })], []],
  ["something without options", [...shirt, plain(8, {})], []],
  ["two variants with the same options", [...shirt, one(8, "Black / S")], []],
  [
    "names that say nothing: what changes least comes first",
    ["S", "M"].flatMap((size, row) =>
      ["Black", "White"].map((colour, column) => plain(2 * row + column, { colour, size })),
    ),
    ["size", "colour"],
  ],
  [
    "an option named as what every object has",
    [plain(1, { constructor: "a", size: "M" }, "a / M"), plain(2, { constructor: "b", size: "L" }, "b / L")],
    ["constructor", "size"],
  ],
  [
    "an option that only every object has",
    [
      plain(1, { colour: "a", constructor: "M" }, "a / M"),
      plain(2, { colour: "b" }, "b"),
      plain(3, { colour: "c", constructor: "L" }, "c / L"),
    ],
    [],
  ],
])("%s: the options to choose by", (_, variants, options) => {
  expect(optionGroups(variants).map(({ option }) => option)).toEqual(options)
})

// The latest pick is first.
test.each<[Picks, Picks, string | null]>([
  [[], [], null],
  [[["colour", "White"]], [["colour", "White"]], null],
  [
    [
      ["size", "M"],
      ["colour", "White"],
    ],
    [
      ["size", "M"],
      ["colour", "White"],
    ],
    "White / M",
  ],
  [
    [
      ["size", "L"],
      ["colour", "White"],
    ],
    [["size", "L"]],
    null,
  ],
  [
    [
      ["colour", "White"],
      ["size", "L"],
    ],
    [["colour", "White"]],
    null,
  ],
  [
    [
      ["colour", "Red"],
      ["size", "L"],
    ],
    [
      ["colour", "Red"],
      ["size", "L"],
    ],
    "Red / L",
  ],
  [
    [
      ["colour", "Blue"],
      ["size", "L"],
    ],
    [["size", "L"]],
    null,
  ],
])("of %j go together: %j, which means %j", (picks, together, name) => {
  expect(narrowed(shirt, picks)).toEqual(together)
  expect(variantPicked(shirt, narrowed(shirt, picks))?.name ?? null).toBe(name)
})

test("the only variant that a pick leaves is not chosen before its other options are picked", () => {
  const variants = [...shirt, one(8, "Green / S")]
  expect(variantsLeft(variants, [["colour", "Green"]]).map(({ name }) => name)).toEqual(["Green / S"])
  expect(variantPicked(variants, [["colour", "Green"]])).toBeNull()
})

test("a pick that is passed over by an arrow key comes back", () => {
  const blackL = withPick(withPick([], "colour", "Black"), "size", "L")
  const white = withPick(blackL, "colour", "White")
  expect(variantPicked(shirt, narrowed(shirt, white))).toBeNull()
  expect(variantPicked(shirt, narrowed(shirt, withPick(white, "colour", "Red")))?.name).toBe("Red / L")
})

test.each<[string, readonly number[], Picks, Picks]>([
  ["partly picked", [], [["colour", "White"]], [["colour", "White"]]],
  [
    "chosen by the picks",
    [5],
    [
      ["size", "M"],
      ["colour", "White"],
    ],
    [
      ["size", "M"],
      ["colour", "White"],
    ],
  ],
  [
    "chosen by something else",
    [1],
    [["colour", "White"]],
    [
      ["size", "S"],
      ["colour", "Black"],
    ],
  ],
  [
    "no longer chosen",
    [],
    [
      ["size", "M"],
      ["colour", "White"],
    ],
    [],
  ],
  ["a basket", [1, 5], [["colour", "White"]], []],
])("%s: the page goes on from the right picks", (_, chosen, picks, shown) => {
  expect(
    picksFor(
      shirt,
      chosen.map((id) => ({ variant_id: id, qty: 1 })),
      picks,
    ),
  ).toEqual(shown)
})

test("one option has no picks", () => {
  const sizes = [plain(1, { size: "41" }), plain(2, { size: "42" })]
  expect(picksFor(sizes, [{ variant_id: 1, qty: 1 }], [])).toEqual([])
})

// Black M is sold out, Black L all reserved, White M off sale; all of red is sold out.
const worn = [
  one(1, "Black / S"),
  one(2, "Black / M", soldOut),
  one(3, "Black / L", allHeld),
  one(4, "White / S"),
  one(5, "White / M", { enabled: false }),
  one(6, "Red / M", soldOut),
  one(7, "Red / L", soldOut),
]

test.each<[Picks, string, string, string, number | undefined, boolean]>([
  [[], "colour", "Black", "open", 8, true],
  [[], "size", "S", "open", 16, true],
  [[], "size", "M", "sold_out", 0, false],
  [[], "size", "L", "all_held", 0, true],
  [[], "colour", "Red", "sold_out", 0, false],
  [[["colour", "White"]], "size", "S", "open", 8, true],
  [[["colour", "White"]], "size", "M", "not_for_sale", 0, false],
  [[["colour", "White"]], "size", "L", "missing", 0, true],
  [[["colour", "White"]], "colour", "Black", "open", 8, true],
  [[["colour", "Red"]], "size", "L", "sold_out", 0, true],
  [[["size", "L"]], "colour", "Black", "all_held", 0, true],
  [[["size", "L"]], "colour", "White", "missing", 0, true],
  [
    [
      ["size", "S"],
      ["colour", "White"],
    ],
    "colour",
    "Black",
    "open",
    8,
    true,
  ],
])("beside %j, %s %s is %s, with %s units; can be picked: %s", (picks, option, value, state, units, can) => {
  const offer = offerOf(worn, picks, option, value)
  expect([offer.state, offer.units.available_stock, offer.canBePicked]).toEqual([state, units, can])
})

test.each([
  [["few", "few"], "few"],
  [["few", "available"], "available"],
] as const)("of a stock that is not shown, %j together are %s", (levels, level) => {
  const hidden = levels.map((stock_level, index) => {
    const { id, name, options, ...more } = one(index, `Black / ${index}`)
    const { sku, position, image_url, price, price_minor, own_price, sale_state, max_per_hold, enabled } =
      more
    const settings = { sku, position, image_url, price, price_minor, own_price, max_per_hold, enabled }
    return { id, name, options, ...settings, sale_state, stock_level }
  })
  expect(offerOf(hidden, [], "colour", "Black").units).toEqual({ stock_level: level })
})

test.each<[Variant, string | undefined, boolean]>([
  [one(2, "Black / M"), "Colour: Black · Size: M", true],
  [one(2, "Black / M / signed"), "Colour: Black · Size: M", false],
  [plain(2, { size: "M", colour: "Black" }, "BK-M"), "Size: M · Colour: Black", false],
  [plain(2, { size: "42" }), undefined, false],
])("an order of %o names its options: %s", (bought, text, isWhole) => {
  expect(namedOptions(catalogues.en, [bought], 2)).toEqual({ text, isWhole })
})

test("options are named in the way of the language, and of no product that is not known", () => {
  expect(namedOptions(catalogues.fr, shirt, 2).text).toBe("Colour\u00a0: Black · Size\u00a0: M")
  expect(namedOptions(catalogues.en, undefined, 2).text).toBeUndefined()
  expect(namedOptions(catalogues.en, shirt, 99).text).toBeUndefined()
})
