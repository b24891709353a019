import { languages, textTools, type LanguageTag } from "../../client/src/languages.ts"
import { directedPrice } from "../../src/base/price-direction.ts"
import type { Time } from "../../client/src/index.ts"
import { countryName, namedCountries } from "../shared/countries.ts"
import { clockText, countdownText, dateText } from "../shared/dates.ts"
import { priceOf } from "../shared/money.ts"
import type { Words } from "./words/en.ts"

/** The language of a page: its words, and how it writes numbers, prices, times and countries. */
export interface Language {
  readonly tag: LanguageTag
  /** True: the shop has several languages, and this one was chosen for the reader. */
  readonly isChosen: boolean
  readonly words: Words
  /** `1,200`. */
  readonly count: (count: number) => string
  /** `€99.99`. */
  readonly price: (minor: number, currency: string) => string
  /** `Fri, 27 Nov, 12:00 UTC`; `zone` null: UTC, until the reader's zone is known. */
  readonly date: (time: Time, zone: string | null) => string
  /** `12:00:00`. */
  readonly clock: (nowMs: number, zone: string) => string
  /** `3 d 02:00:00`. */
  readonly countdown: (seconds: number | null) => string
  readonly country: (code: string) => string
  /** Countries with their names, sorted by name. */
  readonly countries: (codes: readonly string[]) => ReturnType<typeof namedCountries>
}

/** Makes a language from its catalogue. */
export function languageOf(tag: LanguageTag, words: Words): Language {
  const { locale } = languages[tag]
  // The English of these pages writes dates as Britain does.
  const dateLocale = tag === "en" ? "en-GB" : locale
  return {
    tag,
    isChosen: false,
    words,
    count: textTools(tag).count,
    price: (minor, currency) => directedPrice(priceOf(minor, currency, locale), tag),
    date: (time, zone) => dateText(time, zone, dateLocale),
    clock: (nowMs, zone) => clockText(nowMs, zone, dateLocale),
    countdown: (seconds) => countdownText(seconds, words.days),
    country: (code) => countryName(code, locale),
    countries: (codes) => namedCountries(codes, locale),
  }
}

/**
 * The languages in which the shop's own texts are wanted, the best first: the page's if it was chosen for the reader, then
 * the browser's.
 */
export function wantedLanguages(
  { tag, isChosen }: Pick<Language, "tag" | "isChosen">,
  ofBrowser: readonly string[] = navigator.languages,
): readonly string[] {
  return isChosen ? [tag, ...ofBrowser] : ofBrowser
}
