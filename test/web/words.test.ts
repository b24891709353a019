import { expect, test } from "vitest"
import { languages, languageTags, textTools, type LanguageTag } from "../../client/src/languages.ts"
import { languageOf, wantedLanguages } from "../../web/storefront/language.ts"
import { announcementOf, noticeText } from "../../web/storefront/texts.ts"
import { catalogues } from "../../web/storefront/words/catalogues.ts"
import type { FormWords } from "../../web/storefront/words/en-form.ts"
import type { Words } from "../../web/storefront/words/en.ts"

type Spoken<Catalogue> = {
  readonly [
    Name in keyof Catalogue as Catalogue[Name] extends (...values: never[]) => string ? Name : never
  ]: Catalogue[Name] extends (...values: infer Values) => string ? Values : never
}

/** Values for each text that has parameters. They must stand in the text, in every language. */
const samples: Spoken<Words> = {
  sentence: ["Paid"],
  days: [5],
  timeLeft: ["1:40"],
  from: ["€40"],
  left: [5],
  showPicture: [2, 5],
  opensAt: ["12:00"],
  opensIn: ["9:59"],
  product: [7],
  variant: [7],
  optionIs: ["Colour", "Black"],
  units: [5],
  seconds: [5],
  minutes: [5],
  untilTime: ["12:00"],
  ofLeft: [5],
  ofReserved: [5],
  ofReservedUntil: [5, "12:00"],
  sold: [5],
  reserved: [5],
  reservesFor: ["2 min"],
  reservesWithoutPaying: ["2 min"],
  quantityOf: ["Red"],
  decreaseOf: ["Red"],
  increaseOf: ["Red"],
  chooseUpTo: [5],
  chooseOption: ["size"],
  reservedForYou: [5],
  moneyReturning: ["€40"],
  moneyReturned: ["€40"],
  tooFew: [5],
  lacking: [["Red", "Blue"]],
  lackingAll: ["Red"],
  lackingSome: ["Red", 5],
  lackingFewer: ["Red"],
  overLimit: [5],
  overLimitOf: [5, "Red"],
  variantDisabled: ["Red"],
  customerLimit: [5],
  refused: ["The reason"],
  goToOrder: [7],
  backTo: ["www.aurora.example"],
  lackSome: ["Red", 5],
  lackHeld: ["Red"],
  lackSold: ["Red"],
  lackNotForSale: ["Red"],
  availableAgain: [["Red", "Blue"]],
  refundedAmount: ["40 €"],
  order: [7],
  payNow: ["40 €"],
}

const formSamples: Spoken<FormWords> = { enterPart: ["Region"], fieldWrong: ["Region", "must be short"] }

/** The server's own words, which are English, so other languages leave them out. */
const serverWords = new Set(["The reason", "must be short"])

test("every text names what it is about, in every language", () => {
  const lacking = languageTags.flatMap((tag) => [
    ...lackingValues(tag, catalogues[tag], samples),
    ...lackingValues(tag, catalogues[tag].form, formSamples),
  ])
  expect(lacking).toEqual([])
})

/** The texts in which a value is missing: a language may ignore a parameter, and still compile. */
function lackingValues(tag: LanguageTag, catalogue: object, values: object): string[] {
  const given = values as Readonly<Record<string, readonly unknown[]>>
  return Object.entries(given).flatMap(([name, parameters]) => {
    const text = (catalogue as Readonly<Record<string, (...values: unknown[]) => string>>)[name]
    const said = text?.(...parameters) ?? ""
    return parameters
      .flat()
      .filter((value) => tag === "en" || !serverWords.has(String(value)))
      .filter((value) => !said.toLowerCase().includes(String(value).toLowerCase()))
      .map((value) => `${tag}: ${name} lacks ${String(value)}: ${said}`)
  })
}

/** Words that are the same in English and in the other language. */
const shared = /^(Name|Region|Province|Eircode|Oblast|Total|No|District|E-mail|\(optional\))$/

test.each(languageTags.filter((tag) => tag !== "en"))("no text of %s is still English", (tag) => {
  const english = textsIn(catalogues.en)
  const untranslated = textsIn(catalogues[tag]).filter(
    (text, index) => text === english[index] && !shared.test(text),
  )
  expect(untranslated).toEqual([])
})

test.each(languageTags)("no text of %s is empty or has a sign of a template", (tag) => {
  const texts = textsIn(catalogues[tag])
  expect(texts.length).toBe(textsIn(catalogues.en).length)
  expect(texts.filter((text) => text.trim() === "" || /[#{}$]|undefined/.test(text))).toEqual([])
})

function textsIn(catalogue: object): string[] {
  return Object.entries(catalogue)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, value]: readonly [string, unknown]) => {
      if (typeof value === "string") return [value]
      return typeof value === "object" && value !== null ? textsIn(value) : []
    })
}

test.each(languageTags)("%s has the plural forms that its speakers use", (tag) => {
  const { locale, plurals } = languages[tag]
  const used = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
  expect([...plurals].sort()).toEqual([...used].sort())
})

test.each<[LanguageTag, readonly (readonly [number, string])[]]>([
  ["en", [[0, "0 units"], [1, "1 unit"], [2, "2 units"], [1_200, "1,200 units"]]], // prettier-ignore
  [
    "de",
    [
      [1, "1 Stück"],
      [1_200, "1.200 Stück"],
    ],
  ],
  // In French nothing is singular.
  [
    "fr",
    [
      [0, "0 article"],
      [1, "1 article"],
      [2, "2 articles"],
      [1_000_000, "1\u202f000\u202f000 d’articles"],
    ],
  ],
  [
    "es",
    [
      [0, "0 unidades"],
      [1, "1 unidad"],
      [2, "2 unidades"],
      [1_000_000, "1.000.000 de unidades"],
    ],
  ],
  [
    "ja",
    [
      [0, "0点"],
      [1, "1点"],
      [2, "2点"],
    ],
  ],
  [
    "ar",
    [
      [0, "لا قطع"],
      [1, "قطعة واحدة"],
      [2, "قطعتان"],
      [3, "3 قطع"],
      [10, "10 قطع"],
      [11, "11 قطعة"],
      [99, "99 قطعة"],
      [100, "100 قطعة"],
      [103, "103 قطع"],
    ],
  ],
])("units are counted as the speakers of %s count", (tag, cases) => {
  for (const [count, text] of cases) expect(catalogues[tag].units(count)).toBe(text)
})

test("a number without a form of its own gets the general one", () => {
  const { plural } = textTools("ar")
  const texts = { zero: "0", one: "1", two: "2", few: "few", many: "many", other: "# other" }
  expect([0, 1, 2, 5, 20, 200].map((count) => plural(count, texts))).toEqual([
    "0",
    "1",
    "2",
    "few",
    "many",
    "200 other",
  ])
})

test.each<[LanguageTag, string, string, string]>([
  ["en", "€1,234.50", "Fri 27 Nov, 12:00 UTC", "Switzerland"],
  ["de", "1.234,50 €", "Fr., 27. Nov., 12:00 UTC", "Schweiz"],
  ["fr", "1 234,50 €", "ven. 27 nov., 12:00 UTC", "Suisse"],
  ["es", "1234,50 €", "vie, 27 nov, 12:00 UTC", "Suiza"],
  ["ja", "€1,234.50", "11月27日(金) 12:00 UTC", "スイス"],
  ["ar", "1,234.50 €", "الجمعة، 27 نوفمبر، 12:00 UTC", "سويسرا"],
])("%s writes prices, times and countries in its own way", (tag, price, date, country) => {
  const language = languageOf(tag, catalogues[tag])
  const plain = (text: string) => text.replaceAll(/\s/g, " ").replaceAll(/[\u200e\u200f\u2066-\u2069]/g, "")
  expect(plain(language.price(123_450, "EUR"))).toBe(price)
  expect(plain(language.date("2026-11-27T12:00:00.000Z", null))).toBe(date)
  expect(language.country("CH")).toBe(country)
  expect(language.countdown(266_401)).toBe(`${catalogues[tag].days(3)} 02:00:01`)
})

test("a price of a currency with three decimals, or none, is exact in every language", () => {
  for (const tag of languageTags) {
    const { price } = languageOf(tag, catalogues[tag])
    expect(price(1_234_567, "KWD").replaceAll(/\D/g, "")).toBe("1234567")
    expect(price(4_990, "HUF").replaceAll(/\D/g, "")).toBe("4990")
  }
})

test("a text of the server is shown to English readers only, and a provider's text to all", () => {
  const english = languageOf("en", catalogues.en)
  const german = languageOf("de", catalogues.de)
  const refusal = { code: "other", detail: "The reason" } as const
  expect(noticeText(english, refusal)).toBe("The reason")
  expect(noticeText(german, refusal)).toContain("Der Shop hat die Anfrage abgelehnt")
  expect(noticeText(german, { code: "payment", text: "Karte abgelehnt" })).toBe("Karte abgelehnt")
})

test("announcements are in the page's language", () => {
  const view = { notice: null, orderId: null, pending: null, isOffline: false } as const
  const before = { ...view, stage: { kind: "paused" } } as const
  const after = { ...view, stage: { kind: "sold_out" }, isOffline: true } as const
  expect(announcementOf(languageOf("de", catalogues.de), before, after)).toBe(
    "Ausverkauft. Verbindung unterbrochen.",
  )
  expect(announcementOf(languageOf("ja", catalogues.ja), before, after)).toBe("売り切れ。 接続が切れました。")
})

test("the shop's own texts are in the page's language if it was chosen, and then in the browser's", () => {
  expect(wantedLanguages({ tag: "de", isChosen: true }, ["fr-CH", "en"])).toEqual(["de", "fr-CH", "en"])
  expect(wantedLanguages({ tag: "en", isChosen: false }, ["fr-CH", "en"])).toEqual(["fr-CH", "en"])
})
