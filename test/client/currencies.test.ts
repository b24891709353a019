import { describe, expect, test } from "vitest"
import {
  currencyDecimals,
  isCurrentCurrency,
  isKnownCurrency,
  stripeUnits,
} from "../../client/src/currencies.ts"
import { allCodes } from "../support/currency-codes.ts"

const codesWhere = (holds: (code: string) => boolean) => allCodes().filter(holds).join(" ")

// Written out again, because no row may ever change: stored amounts would change their value.
test("amounts have two decimals, except in these currencies", () => {
  expect(codesWhere((code) => currencyDecimals(code) === 0)).toBe(
    "AFN ALL BIF CLP COP DJF GNF HUF IDR IQD IRR ISK JPY KMF KPW KRW LAK LBP MGA MMK PKR PYG RWF SLL SOS SYP " +
      "UGX VND VUV XAF XOF XPF YER",
  )
  expect(codesWhere((code) => currencyDecimals(code) === 3)).toBe("BHD JOD KWD LYD OMR TND")
  expect(codesWhere((code) => ![0, 2, 3].includes(currencyDecimals(code)))).toBe("")
})

test.each([
  // Code, current, known.
  ["EUR", true, true],
  ["JPY", true, true],
  ["ZWG", true, true],
  ["XCG", true, true],
  ["VED", true, true],
  // Withdrawn.
  ["BGN", false, true],
  ["HRK", false, true],
  ["ANG", false, true],
  ["SLL", false, true],
  ["ZWL", false, true],
  ["CUC", false, true],
  // Units of account: prices are not set in them.
  ["XDR", false, true],
  // Never accepted: currencies withdrawn long ago, funds, metals, test codes, and texts that are no codes.
  ["DEM", false, false],
  ["CLF", false, false],
  ["XAU", false, false],
  ["XTS", false, false],
  ["XXX", false, false],
  ["ABC", false, false],
  ["eur", false, false],
  ["EU", false, false],
  ["", false, false],
  ["constructor", false, false],
])("%s: current %s, known %s", (code, isCurrent, isKnown) => {
  expect(isCurrentCurrency(code)).toBe(isCurrent)
  expect(isKnownCurrency(code)).toBe(isKnown)
})

test("155 currencies are current", () => {
  expect(allCodes().filter(isCurrentCurrency)).toHaveLength(155)
})

describe("Stripe's units", () => {
  test("are those of https://docs.stripe.com/currencies", () => {
    expect(codesWhere((code) => stripeUnits(code).decimals === 0)).toBe(
      "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF",
    )
    expect(codesWhere((code) => stripeUnits(code).decimals === 3)).toBe("BHD JOD KWD OMR TND")
    expect(codesWhere((code) => stripeUnits(code).step === 10)).toBe("BHD JOD KWD OMR TND")
    expect(codesWhere((code) => stripeUnits(code).step === 100)).toBe("ISK UGX")
  })

  test.each(["HUF", "TWD"])("are hundredths for %s; only payouts are whole", (code) => {
    expect(stripeUnits(code)).toEqual({ decimals: 2, step: 1 })
  })
})
