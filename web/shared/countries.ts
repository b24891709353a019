/** A country with its name. */
interface NamedCountry {
  readonly value: string
  readonly label: string
}

/** The name of a country in the page's language: `Switzerland`. The code itself where it has none. */
export function countryName(code: string, locale = "en"): string {
  try {
    return new Intl.DisplayNames(locale, { type: "region" }).of(code) ?? code
  } catch {
    return code
  }
}

/** Countries with their names, sorted by name. */
export function namedCountries(codes: readonly string[], locale = "en"): NamedCountry[] {
  const { compare } = new Intl.Collator(locale)
  return codes
    .map((value) => ({ value, label: countryName(value, locale) }))
    .toSorted((one, other) => compare(one.label, other.label))
}

/** The country of a language such as `de-CH`; undefined: it names none. */
export function countryOf(language: string): string | undefined {
  try {
    return new Intl.Locale(language).region
  } catch {
    return undefined
  }
}
