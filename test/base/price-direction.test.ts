import { expect, test } from "vitest"
import { directedPrice } from "../../src/base/price-direction.ts"
import { languages } from "../../client/src/languages.ts"
import { languageOf } from "../../web/storefront/language.ts"
import { catalogues } from "../../web/storefront/words/catalogues.ts"
import { amountText } from "../../src/simulator/words.ts"

const nbsp = "\u00a0"

test.each([
  ["USD", `\u2067\u200f99.99${nbsp}\u2066US$\u2069\u2069`],
  ["GBP", `\u2067\u200f99.99${nbsp}\u2066UK£\u2069\u2069`],
  ["EUR", `\u2067\u200f99.99${nbsp}€\u2069`],
  ["CHF", `\u2067\u200f99.99${nbsp}CHF\u2069`],
])("a price in %s is isolated in Arabic, and its sign is written from the left", (currency, expected) => {
  expect(languageOf("ar", catalogues.ar).price(99_99, currency)).toBe(expected)
  expect(amountText(99_99, currency, "ar")).toBe(expected)
})

test("the prices of languages from left to right are as Intl writes them", () => {
  for (const tag of ["en", "de", "fr", "es", "ja"] as const) {
    expect(languages[tag].direction).toBe("ltr")
    expect(directedPrice("US$99.99", tag)).toBe("US$99.99")
  }
})
