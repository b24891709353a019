import { currencyDecimals } from "../../client/src/currencies.ts"

/**
 * Formats minor units as a plain decimal with the currency's number of decimals:
 * 9999 EUR is `99.99`, 500 JPY is `500`, 1500 KWD is `1.500`. Exact for safe integers ≥ 0.
 */
export function decimalAmount(minor: number, currency: string): string {
  const digits = currencyDecimals(currency)
  if (digits === 0) return String(minor)
  const text = String(minor).padStart(digits + 1, "0")
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
