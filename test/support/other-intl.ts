/**
 * A script that makes the `Intl` of its process or page disagree with everybody's: currencies have four decimals
 * where the caller does not say how many, and none are known.
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
