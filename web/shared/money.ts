/** A price as people write it, in the reader's language where that is known: `€99.99`. */
export function priceOf(minor: number, currency: string, locale = "en"): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
