import { expect, test } from "vitest"
import { minorIn, priceOf } from "../../web/shared/money.ts"

// The typed text, the currency, and the price in minor units; null: refused.
test.each<[string, string, number | null]>([
  ["129", "EUR", 12_900],
  ["129.5", "EUR", 12_950],
  ["129.00", "EUR", 12_900],
  ["0", "EUR", 0],
  ["0.07", "EUR", 7],
  ["1.15", "EUR", 115],
  ["500", "JPY", 500],
  ["1.5", "BHD", 1_500],
  ["1.234", "BHD", 1_234],
  ["90071992547409.91", "EUR", Number.MAX_SAFE_INTEGER],
  ["90071992547409.92", "EUR", null],
  ["500.0", "JPY", null],
  ["129.001", "EUR", null],
  ["1,29", "EUR", null],
  ["1.290,00", "EUR", null],
  ["-1", "EUR", null],
  ["1e3", "EUR", null],
  ["129.", "EUR", null],
  [".5", "EUR", null],
  ["€129", "EUR", null],
  [" 129.5 ", "EUR", 12_950],
  ["", "EUR", null],
  ["129", "euro", null],
])("%s in %s is %s minor units", (text, currency, minor) => {
  expect(minorIn(text, currency)).toBe(minor)
})

test.each([
  [12_950, "EUR", "€129.50"],
  [500, "JPY", "¥500"],
])("%i %s is formatted as %s and parsed back", (minor, currency, text) => {
  expect(priceOf(minor, currency)).toBe(text)
  expect(minorIn(text.slice(1), currency)).toBe(minor)
})
