import { expect, test } from "vitest"
import { availableUnits, saleState } from "../../src/domain/product.ts"
import { afterNoon, NOON, productWith, TICK } from "../support/builders.ts"

const past = afterNoon(-TICK)
const soon = afterNoon(TICK)

// One row per state in order of precedence: the conditions of later rows also hold in earlier ones.
test.each([
  // stock held sold  opens  closes  paused  state
  [10, 0, 10, soon, NOON, true, "closed"],
  [10, 0, 10, soon, past, true, "closed"],
  [10, 0, 10, soon, soon, true, "scheduled"],
  [10, 0, 10, NOON, soon, true, "paused"],
  [10, 0, 10, past, soon, false, "sold_out"],
  [10, 1, 9, null, null, false, "all_held"],
  [10, 10, 0, null, null, false, "all_held"],
  [10, 5, 4, null, null, false, "open"],
  [10, 0, 0, null, null, false, "open"],
  [0, 0, 0, null, null, false, "sold_out"],
])(
  "stock %i, held %i, sold %i, from %s to %s, paused %s: %s",
  (stock, held, sold, opensAt, closesAt, paused, state) => {
    expect(saleState(productWith({ stock, held, sold, opensAt, closesAt, paused }), NOON)).toBe(state)
  },
)

test("available units are neither held nor sold", () => {
  expect(availableUnits({ stock: 10, held: 3, sold: 4 })).toBe(3)
})
