import { expect, test } from "vitest"
import type { Address } from "../../client/src/index.ts"
import { addressLayoutJson } from "../../src/wire/address-layout.ts"
import { addressLines } from "../../web/storefront/address-lines.ts"
import { textFor } from "../../web/storefront/local-text.ts"

const none: Address = { line1: null, line2: null, city: null, region: null, postal_code: null, country: null }

test.each<[string, Partial<Address>, string[]]>([
  [
    "CH",
    { line1: "Bahnhofstrasse 1", postal_code: "8001", city: "Zürich" },
    ["Bahnhofstrasse 1", "CH-8001 Zürich"],
  ],
  ["CH", { line1: "Bahnhofstrasse 1", city: "Zürich" }, ["Bahnhofstrasse 1", "Zürich"]],
  ["CH", { line1: "Bahnhofstrasse 1", postal_code: "8001" }, ["Bahnhofstrasse 1", "CH-8001"]],
  [
    "US",
    { line1: "1 Main St", line2: "Apt 4", city: "Springfield", region: "IL", postal_code: "62701" },
    ["1 Main St", "Apt 4", "Springfield, IL 62701"],
  ],
  [
    "US",
    { line1: "1 Main St", city: "Springfield", postal_code: "62701" },
    ["1 Main St", "Springfield 62701"],
  ],
  ["US", { line1: "1 Main St", region: "IL", postal_code: "62701" }, ["1 Main St", "IL 62701"]],
  [
    "GB",
    { line1: "10 Downing St", city: "London", postal_code: "SW1A 2AA" },
    ["10 Downing St", "London", "SW1A 2AA"],
  ],
  [
    "JP",
    { line1: "千代田1-1", region: "東京都", postal_code: "100-0001" },
    ["〒100-0001", "東京都", "千代田1-1"],
  ],
  [
    "JP",
    { line1: "1-1 Chiyoda", region: "Tokyo", postal_code: "100-0001" },
    ["1-1 Chiyoda", "Tokyo", "100-0001"],
  ],
  ["CH", {}, []],
  ["CH", { line1: "{city} $& %s", city: "{line1}" }, ["{city} $& %s", "{line1}"]],
])("%s writes %j as %j", (country, address, lines) => {
  expect(addressLines({ ...none, ...address, country }, addressLayoutJson(country))).toEqual(lines)
})

const size = { en: "Size", "de-CH": "Grösse", fr: "Taille" }

test.each([
  [["de-CH", "en"], "Grösse", "de-CH"],
  [["de-DE", "en"], "Grösse", "de-CH"],
  [["it", "FR-ca"], "Taille", "fr"],
  [["it"], "Size", "en"],
])("readers of %j read %s", (languages, text, lang) => {
  expect(textFor(size, languages)).toEqual({ text, lang })
})

test("a text in one language is that text, and a text without English is any of its languages", () => {
  expect(textFor("Size", ["de"])).toEqual({ text: "Size", lang: undefined })
  expect(textFor({ fr: "Taille" }, ["de"])).toEqual({ text: "Taille", lang: "fr" })
})
