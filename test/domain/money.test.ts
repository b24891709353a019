import { describe, expect, test } from "vitest"
import { decimalAmount } from "../../src/domain/money.ts"

describe("minor units as a decimal", () => {
  test.each([
    [9_999, "EUR", "99.99"],
    [0, "EUR", "0.00"],
    [1, "EUR", "0.01"],
    [10, "EUR", "0.10"],
    [100, "USD", "1.00"],
    [500, "JPY", "500"],
    [0, "JPY", "0"],
    [1_500, "KWD", "1.500"],
    [1, "KWD", "0.001"],
    [0, "KWD", "0.000"],
    // No decimals here, although ISO 4217 has hundredths.
    [4_990, "HUF", "4990"],
    [100_000, "IDR", "100000"],
    // An unknown currency: a payment in it can still be reported.
    [100, "ABC", "1.00"],
    // Beyond 2^53 / 100: floating point division would not be exact.
    [9_007_199_254_740_991, "EUR", "90071992547409.91"],
    [9_007_199_254_740_991, "KWD", "9007199254740.991"],
    [9_007_199_254_740_991, "JPY", "9007199254740991"],
  ])("%i %s is %s", (minor, currency, text) => {
    expect(decimalAmount(minor, currency)).toBe(text)
  })

  test("a second call returns the same text", () => {
    expect(decimalAmount(1_500, "BHD")).toBe("1.500")
    expect(decimalAmount(1_501, "BHD")).toBe("1.501")
  })
})
