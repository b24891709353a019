const currencies = new Set(Intl.supportedValuesOf("currency"))
const minorDigits = new Map<string, number>()

/** True for a current ISO 4217 code in capitals, such as `EUR`. */
export function isCurrency(code: string): boolean {
  return currencies.has(code)
}

/**
 * Writes minor units as a plain decimal in the currency's own number of digits:
 * 9999 EUR is `99.99`, 500 JPY is `500`, 1500 KWD is `1.500`. Exact for safe integers ≥ 0.
 */
export function decimalAmount(minor: number, currency: string): string {
  const digits = minorDigitsOf(currency)
  if (digits === 0) return String(minor)
  const text = String(minor).padStart(digits + 1, "0")
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** How many decimals the amounts of a currency have here. Throws for what {@link isCurrency} does not know. */
export function minorDigitsOf(currency: string): number {
  const known = minorDigits.get(currency)
  if (known !== undefined) return known
  const format = new Intl.NumberFormat("en", { style: "currency", currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  minorDigits.set(currency, digits)
  return digits
}
