import { expect, test } from "vitest"
import { minorIn, priceOf } from "../../web/shared/money.ts"

// The typed text, the currency, and the price in minor units; null: refused.
test.each<[string, string, number | null]>([
  ["129", "EUR", 12_900],
  ["129.5", "EUR", 12_950],
  ["129,50 €", "EUR", 12_950],
  ["€129.50", "EUR", 12_950],
  ["EUR 129,5", "EUR", 12_950],
  ["CHF 129.50", "CHF", 12_950],
  ["¥1,299", "JPY", 1_299],
  ["$129.50", "EUR", null],
  ["€", "EUR", null],
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
  ["129,5", "EUR", 12_950],
  ["1,29", "EUR", 129],
  ["1.290,00", "EUR", 129_000],
  ["1,290.00", "EUR", 129_000],
  ["1 290,5", "EUR", 129_050],
  ["1'290.50", "EUR", 129_050],
  ["12.345.678,9", "EUR", 1_234_567_890],
  ["1.290.000", "EUR", 129_000_000],
  // Either 1.29 mistyped, or 1,290.
  ["1.290", "EUR", null],
  ["1,290", "EUR", null],
  ["1.29.000", "EUR", null],
  ["0.290,00", "EUR", null],
  ["1.290.00", "EUR", null],
  ["1.290,001", "EUR", null],
  ["1.2900,00", "EUR", null],
  ["1,290.000,00", "EUR", null],
  [",5", "EUR", null],
  ["129,", "EUR", null],
  ["1,299", "JPY", 1_299],
  ["1.299.000", "JPY", 1_299_000],
  ["129,5", "JPY", null],
  ["4 990", "HUF", 4_990],
  ["4.990", "HUF", 4_990],
  ["1.299", "KWD", 1_299],
  ["1,299", "KWD", null],
  ["1,29", "KWD", 1_290],
  ["1.299,125", "KWD", 1_299_125],
  ["1,299.125", "KWD", 1_299_125],
  ["-1", "EUR", null],
  ["1e3", "EUR", null],
  ["129.", "EUR", null],
  [".5", "EUR", null],
  ["€ 129", "EUR", 12_900],
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
