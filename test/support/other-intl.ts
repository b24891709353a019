/**
 * A script that replaces the `Intl` of its process or page by a deviating one: currencies have four decimals
 * unless the caller gives a number, and no currency is supported.
 */
export const otherIntl = `{
  const Real = Intl.NumberFormat
  Intl.NumberFormat = function (locale, options = {}) {
    const isUntold = options.style === "currency" && options.maximumFractionDigits === undefined
    const digits = { minimumFractionDigits: 4, maximumFractionDigits: 4 }
    return new Real(locale, isUntold ? { ...options, ...digits } : options)
  }
  Intl.supportedValuesOf = () => []
}`
