import { currencyDecimals } from "../../client/src/currencies.ts"

/**
 * Formats a price for readers: `€99.99`, `HUF 4,990`. Exact. `Intl` only formats: the number of decimals comes from
 * currencies.ts, because browsers differ.
 */
export function priceOf(minor: number, currency: string, locale = "en"): string {
  const digits = currencyDecimals(currency)
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  const text = String(minor).padStart(digits + 1, "0")
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  // As a decimal string: a division would lose the last digit of a large amount.
  return format.format(decimal as Intl.StringNumericLiteral)
}

/**
 * Converts a typed price to minor units: `129.5` and `129.50` are 12950 in EUR. Null: the text is ambiguous or not a
 * number, or the price is too large for exact integers.
 */
export function minorIn(text: string, currency: string): number | null {
  const [, whole, decimals = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text.trim()) ?? []
  if (whole === undefined || !isCurrencyCode(currency)) return null
  const most = currencyDecimals(currency)
  if (decimals.length > most) return null
  const minor = Number(whole + decimals.padEnd(most, "0"))
  return Number.isSafeInteger(minor) ? minor : null
}

/** True for three capital letters, whether or not a currency has that code. */
export function isCurrencyCode(text: string): boolean {
  return /^[A-Z]{3}$/.test(text)
}
