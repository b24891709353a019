import { isCurrency, minorDigitsOf } from "../domain/money.ts"

/*
 * Stripe counts in "the smallest unit" of a currency, and so do we, but the two units are not always the
 * same. Stripe has lists of its own (https://docs.stripe.com/currencies, "zero-decimal", "three-decimal"
 * and "special cases"); ours are those of Intl. Where they differ it is by a factor of a hundred: among
 * others Stripe wants 500 for 5 ISK and for 5 UGX, which have had no decimals for years, and knows the
 * hundredth part of HUF, COP and IDR, whose prices here are whole.
 */

const withoutDecimals = new Set([
  "BIF",
  "CLP",
  "DJF",
  "GNF",
  "JPY",
  "KMF",
  "KRW",
  "MGA",
  "PYG",
  "RWF",
  "VND",
  "VUV",
  "XAF",
  "XOF",
  "XPF",
])

/**
 * Their last digit must be 0 in everything that is sent to Stripe. It refuses the rest itself, in words
 * that are clear enough to be passed on.
 */
const withThreeDecimals = new Set(["BHD", "JOD", "KWD", "OMR", "TND"])

/** Money in our units. Null: a currency not known here, or an amount that is no whole number of them. */
export function moneyFromStripe(
  amount: number,
  currency: string,
): { readonly amountMinor: number; readonly currency: string } | null {
  const code = currency.toUpperCase()
  if (!isCurrency(code)) return null
  const amountMinor = scaled(amount, minorDigitsOf(code) - stripeDigitsOf(code))
  return amountMinor === null ? null : { amountMinor, currency: code }
}

/** An amount in Stripe's units; null when it is no whole number of them. */
export function amountForStripe(amountMinor: number, currency: string): number | null {
  return scaled(amountMinor, stripeDigitsOf(currency) - minorDigitsOf(currency))
}

function stripeDigitsOf(currency: string): number {
  if (withoutDecimals.has(currency)) return 0
  return withThreeDecimals.has(currency) ? 3 : 2
}

/** Moves the decimal point, exactly or not at all. */
function scaled(amount: number, digits: number): number | null {
  const factor = 10 ** Math.abs(digits)
  const result = digits < 0 ? amount / factor : amount * factor
  return Number.isSafeInteger(result) && result >= 0 ? result : null
}
