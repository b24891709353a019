/** A price as people write it, in the reader's language where that is known: `€99.99`. */
export function priceOf(minor: number, currency: string, locale = "en"): string {
  const format = formatOf(currency, locale)
  return format.format(minor / 10 ** decimalsIn(format))
}

/** How many decimals the prices of a currency have: 2 for EUR, 0 for JPY. */
export function decimalsOf(currency: string): number {
  return decimalsIn(formatOf(currency, "en"))
}

function formatOf(currency: string, locale: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { style: "currency", currency })
}

function decimalsIn(format: Intl.NumberFormat): number {
  return format.resolvedOptions().maximumFractionDigits ?? 2
}

/**
 * What a price as people write it is in minor units: `129.5` and `129.50` are 12950 in EUR. Null: it cannot be
 * read without guessing, or is too large to count with.
 */
export function minorIn(text: string, currency: string): number | null {
  const [, whole, decimals = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text.trim()) ?? []
  if (whole === undefined || !isCurrencyCode(currency)) return null
  const most = decimalsOf(currency)
  if (decimals.length > most) return null
  const minor = Number(whole + decimals.padEnd(most, "0"))
  return Number.isSafeInteger(minor) ? minor : null
}

/** True for what can be the code of a currency, whether or not there is one of that name. */
export function isCurrencyCode(text: string): boolean {
  return /^[A-Z]{3}$/.test(text)
}
