import { currencyDecimals, isKnownCurrency, stripeUnits } from "../../client/src/currencies.ts"

/*
 * Stripe counts in "the smallest unit" of a currency, and so does Doorbuster, but the two units are not always the
 * same: Stripe expects 500 for 5 ISK, and counts HUF, COP and IDR in hundredths, whose prices are whole numbers here.
 * Both units are columns of one table, `client/src/currencies.ts`.
 */

/** Converts Stripe's amount into minor units; null if the currency is unknown or the result is not a whole number. */
export function moneyFromStripe(
  amount: number,
  currency: string,
): { readonly amountMinor: number; readonly currency: string } | null {
  const code = currency.toUpperCase()
  if (!isKnownCurrency(code)) return null
  const amountMinor = scaled(amount, currencyDecimals(code) - stripeUnits(code).decimals)
  return amountMinor === null ? null : { amountMinor, currency: code }
}

/**
 * Converts minor units into Stripe's. Null if the result is not a whole number, or not a multiple of the step that
 * Stripe accepts in this currency.
 */
export function amountForStripe(amountMinor: number, currency: string): number | null {
  const { decimals, step } = stripeUnits(currency)
  const amount = scaled(amountMinor, decimals - currencyDecimals(currency))
  return amount !== null && amount % step === 0 ? amount : null
}

/** Moves the decimal point; null if the result would not be exact. */
function scaled(amount: number, digits: number): number | null {
  const factor = 10 ** Math.abs(digits)
  const result = digits < 0 ? amount / factor : amount * factor
  return Number.isSafeInteger(result) && result >= 0 ? result : null
}
