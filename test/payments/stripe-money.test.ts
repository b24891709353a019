import { expect, test } from "vitest"
import { amountForStripe, moneyFromStripe } from "../../src/payments/stripe-money.ts"

test.each([
  // Doorbuster's amount, currency, Stripe's amount.
  [9_999, "EUR", 9_999],
  [500, "JPY", 500],
  [500, "MGA", 500],
  [5, "ISK", 500],
  [5, "UGX", 500],
  [4_990, "HUF", 499_000],
  [4_990, "COP", 499_000],
  [1_250, "TWD", 1_250],
  [1_500, "KWD", 1_500],
])("%i %s is %i at Stripe, and back", (amountMinor, currency, amount) => {
  expect(amountForStripe(amountMinor, currency)).toBe(amount)
  expect(moneyFromStripe(amount, currency.toLowerCase())).toEqual({ amountMinor, currency })
})

test.each([
  [1_234, "KWD"],
  [1, "BHD"],
])("%i %s has no amount at Stripe, which requires the third decimal to be 0", (amountMinor, currency) => {
  expect(amountForStripe(amountMinor, currency)).toBeNull()
})

test("an amount in a withdrawn currency is converted", () => {
  expect(moneyFromStripe(9_900, "bgn")).toEqual({ amountMinor: 9_900, currency: "BGN" })
})

test.each(["dem", "abc", ""])("an amount in the unknown currency %j is not converted", (currency) => {
  expect(moneyFromStripe(100, currency)).toBeNull()
})
