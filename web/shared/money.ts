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
 * Converts a typed price to minor units: `129.5`, `129,50 €` and `1.299,00` are 12950, 12950 and 129900 in EUR. Null: the text
 * is not a number, or the price is too large for exact integers, or it could mean two prices, such as `1.299` in EUR.
 */
export function minorIn(text: string, currency: string): number | null {
  if (!isCurrencyCode(currency)) return null
  const most = currencyDecimals(currency)
  const { whole, decimals } = partsOf(withoutSign(text, currency), most) ?? {}
  if (whole === undefined || decimals === undefined) return null
  const minor = Number(whole + decimals.padEnd(most, "0"))
  return Number.isSafeInteger(minor) ? minor : null
}

/** The text without the currency's own code or sign before or after it: `129,50 €`. */
function withoutSign(text: string, currency: string): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol" })
  const sign = format.formatToParts(0).find(({ type }) => type === "currency")?.value ?? currency
  const rest = text.trim()
  for (const mark of [currency, sign]) {
    if (rest.startsWith(mark)) return rest.slice(mark.length).trim()
    if (rest.endsWith(mark)) return rest.slice(0, -mark.length).trim()
  }
  return rest
}

/** The digits before and after the decimal mark, which may be a point or a comma. `most`: the currency's decimals. */
function partsOf(text: string, most: number): { readonly whole: string; readonly decimals: string } | null {
  const [, plain, mark, decimals = ""] = /^(\d+)(?:([.,])(\d+))?$/.exec(text) ?? []
  // A comma before three digits separates thousands as often as decimals.
  const isClear = decimals.length <= most && !(mark === "," && decimals.length === 3)
  if (plain !== undefined && isClear) return { whole: plain, decimals }
  const [, first, , others, rest = ""] = groups(text, most) ?? []
  if (first === undefined || others === undefined) return null
  return { whole: first + others.replaceAll(/\D/g, ""), decimals: rest.slice(1) }
}

/**
 * Thousands in groups of three, then another mark for the decimals: `1.299,00`, `1,299,000.5`. Without decimals there must be
 * two marks or more, or a currency that has no decimals.
 */
function groups(text: string, most: number): RegExpExecArray | null {
  const found = /^([1-9]\d{0,2})([.,' \u00a0\u202f’])(\d{3}(?:\2\d{3})*)([.,]\d+)?$/.exec(text)
  const [, , mark = "", others = "", rest] = found ?? []
  if (rest !== undefined) return rest.length - 1 <= most && !rest.startsWith(mark) ? found : null
  return most === 0 || others.length > 3 || !".,".includes(mark) ? found : null
}

/** True for three capital letters, whether or not a currency has that code. */
export function isCurrencyCode(text: string): boolean {
  return /^[A-Z]{3}$/.test(text)
}
