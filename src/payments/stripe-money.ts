import { currencyDecimals, isKnownCurrency, stripeUnits } from "../../client/src/currencies.ts"

/*
 * Stripe counts in "the smallest unit" of a currency, and so do we, but the two units are not always the
 * same: Stripe wants 500 for 5 ISK, and knows the hundredth part of HUF, COP and IDR, whose prices here are
 * whole. Both are columns of one table, `client/src/currencies.ts`.
 */

/** Money in our units. Null: a currency not known here, or an amount that is no whole number of them. */
export function moneyFromStripe(
  amount: number,
  currency: string,
): { readonly amountMinor: number; readonly currency: string } | null {
  const code = currency.toUpperCase()
  if (!isKnownCurrency(code)) return null
  const amountMinor = scaled(amount, currencyDecimals(code) - stripeUnits(code).decimals)
  return amountMinor === null ? null : { amountMinor, currency: code }
}

/** An amount in Stripe's units; null when Stripe takes no such amount: no whole number of them, or not of its steps. */
export function amountForStripe(amountMinor: number, currency: string): number | null {
  const { decimals, step } = stripeUnits(currency)
  const amount = scaled(amountMinor, decimals - currencyDecimals(currency))
  return amount !== null && amount % step === 0 ? amount : null
}

/** Moves the decimal point, exactly or not at all. */
function scaled(amount: number, digits: number): number | null {
  const factor = 10 ** Math.abs(digits)
  const result = digits < 0 ? amount / factor : amount * factor
  return Number.isSafeInteger(result) && result >= 0 ? result : null
}
