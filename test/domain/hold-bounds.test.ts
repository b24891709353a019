import { describe, expect, test } from "vitest"
import type { HolderUnits } from "../../src/domain/hold-bounds.ts"
import { defaultVariantSettings, type Variant } from "../../src/domain/variant.ts"
import { placeHold } from "../../src/domain/place-hold.ts"
import type { Product } from "../../src/domain/product.ts"
import { emptyWorkingSet } from "../../src/domain/working-set.ts"
import { afterNoon, askFor, NOON, productWith, RULES } from "../support/builders.ts"

const ANN = 1
const BEN = 2
const holdBounds = { maxPerHold: 4, unpaid: 6, lapsed: 9 }
const units: HolderUnits = { unpaid: 5, endsAt: afterNoon(60), lapsed: 0, lapsedAt: null }
const lapses = { lapsed: 9, lapsedAt: afterNoon(-300) }

function stateOf(product: Partial<Product>, known: HolderUnits | null, bounds: typeof holdBounds | null) {
  const state = emptyWorkingSet(1, { ...RULES, holdBounds: bounds })
  state.product = productWith({ stock: 100, ...product })
  state.loadedProduct = state.product
  state.nextDeadline = null
  if (known !== null) state.holders.set(ANN, known)
  return state
}

function variant(id: number, maxPerHold: number | null): Variant {
  const units = { stock: 30, held: 0, sold: 0 }
  return { ...defaultVariantSettings, ...units, id, name: `size ${id}`, position: id, maxPerHold }
}

describe("what binds a hold that the shop does not place", () => {
  test.each([
    ["as many as a hold may have", {}, null, 4, null],
    ["one more than that", {}, null, 5, { code: "quantity_over_limit", maxPerHold: 4 }],
    ["the product's own limit comes first", { maxPerHold: 3 }, null, 4, { maxPerHold: 3 }],
    ["it may be larger, and then is the bound for unpaid units too", { maxPerHold: 8 }, null, 8, null],
    ["the last unit that fits", {}, units, 1, null],
    [
      "one more than fits",
      {},
      units,
      2,
      { code: "too_many_open_holds", because: "unpaid", unitsLeft: 1, retryAt: afterNoon(60) },
    ],
    ["lapses that are not too many", {}, { ...units, ...lapses, lapsed: 8 }, 1, null],
    [
      "too many lapses, counted until 15 minutes after the first",
      {},
      { ...units, ...lapses },
      1,
      { code: "too_many_open_holds", because: "lapsed", unitsLeft: 0, retryAt: afterNoon(600) },
    ],
    ["it comes before the stock", { stock: 0 }, units, 2, { code: "too_many_open_holds" }],
  ] as const)("%s", (_, product, known, qty, refusal) => {
    const outcome = placeHold(stateOf(product, known, holdBounds), askFor(qty, { holder: ANN }), NOON)

    expect(outcome).toMatchObject(refusal ?? { status: "active", qty })
  })

  // 4 units of a hold of a product that does not say, and 6 unpaid units, as above.
  test.each([
    ["a variant without a limit does not raise it", [[1, 5]], { code: "quantity_over_limit", maxPerHold: 4 }],
    ["a smaller one binds its variant alone", [[3, 3]], { code: "quantity_over_limit", maxPerHold: 2 }],
    [
      "a smaller one leaves the others as they are",
      [
        [1, 3],
        [3, 1],
      ],
      null,
    ],
    ["a larger one is what the shop wants for that variant, also unpaid", [[2, 8]], null],
    ["a larger one is not passed", [[2, 9]], { code: "quantity_over_limit", maxPerHold: 8, variantId: 2 }],
    [
      "a larger one is the limit of a basket of variants that have limits",
      [
        [2, 6],
        [3, 2],
      ],
      null,
    ],
    [
      "such a basket does not pass it",
      [
        [2, 7],
        [3, 2],
      ],
      { code: "quantity_over_limit", maxPerHold: 8 },
    ],
    [
      "one unit of it lets no more units of the others in",
      [
        [2, 1],
        [1, 4],
      ],
      { code: "quantity_over_limit", maxPerHold: 4 },
    ],
  ] as const)("of variants: %s", (_, wanted, refusal) => {
    const limits = [null, 8, 2]
    const variants = limits.map((maxPerHold, index) => variant(index + 1, maxPerHold))
    const lines = wanted.map(([variantId, qty]) => ({ variantId, qty }))
    const units = lines.reduce((sum, { qty }) => sum + qty, 0)
    const state = stateOf({ stock: 90, variants }, null, holdBounds)

    const outcome = placeHold(state, askFor(units, { holder: ANN, lines }), NOON)

    expect(outcome).toMatchObject(refusal ?? { status: "active", qty: units })
  })

  test("binds one holder, and neither another one nor the shop nor anybody in open mode", () => {
    const full = { ...units, unpaid: 6 }
    const asked = (holder: number | undefined, bounds: typeof holdBounds | null = holdBounds) =>
      placeHold(stateOf({}, full, bounds), askFor(1, { holder }), NOON)

    expect(asked(ANN)).toMatchObject({ code: "too_many_open_holds" })
    expect(asked(BEN)).toMatchObject({ status: "active" })
    expect(asked(undefined)).toMatchObject({ status: "active" })
    expect(asked(ANN, null)).toMatchObject({ status: "active" })
    expect(placeHold(stateOf({}, null, holdBounds), askFor(50), NOON)).toMatchObject({ qty: 50 })
  })

  test("names no time at which more units fit than ever will", () => {
    const state = stateOf({}, units, { ...holdBounds, maxPerHold: 20 })

    expect(placeHold(state, askFor(7, { holder: ANN }), NOON)).toEqual({
      code: "too_many_open_holds",
      because: "unpaid",
      unitsLeft: 1,
      retryAt: null,
    })
  })

  test("counts the holds of the same batch", () => {
    const state = stateOf({}, null, holdBounds)
    const outcomes = [4, 2, 1].map((qty, index) =>
      placeHold(state, askFor(qty, { holder: ANN, holdId: 100 + index }), NOON),
    )

    expect(outcomes[1]).toMatchObject({ status: "active" })
    expect(outcomes[2]).toMatchObject({ code: "too_many_open_holds", unitsLeft: 0, retryAt: afterNoon(120) })
  })
})
