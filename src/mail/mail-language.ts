import { knownLanguage, languages, type LanguageTag } from "../../client/src/languages.ts"
import { decimalAmount } from "../domain/money.ts"
import { ar } from "./words/ar.ts"
import { de } from "./words/de.ts"
import { en, type MailWords } from "./words/en.ts"
import { es } from "./words/es.ts"
import { fr } from "./words/fr.ts"
import { ja } from "./words/ja.ts"

/** The language of a mail. */
export interface MailLanguage {
  readonly tag: LanguageTag
  readonly direction: "ltr" | "rtl"
  readonly words: MailWords
  /** An amount as the pages write it in this language: `€129.00`, `129,00 €`. */
  readonly amount: (minor: number, currency: string) => string
  readonly country: (code: string) => string
}

const catalogues: Readonly<Record<LanguageTag, MailWords>> = { en, de, fr, es, ja, ar }

/** Returns the language in which the buyer has ordered; where it is not known or has no words, the shop's. */
export function mailLanguage(ordered: string | null, usual: LanguageTag): MailLanguage {
  const tag = (ordered === null ? null : knownLanguage(ordered)) ?? usual
  const { locale, direction } = languages[tag]
  const names = new Intl.DisplayNames(locale, { type: "region" })
  return {
    tag,
    direction,
    words: catalogues[tag],
    amount: (minor, currency) => amountText(minor, currency, locale),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code),
  }
}

/** `Intl` only formats: the number of decimals is the one with which the program counts. */
function amountText(minor: number, currency: string, locale: string): string {
  const decimal = decimalAmount(minor, currency)
  const digits = decimal.split(".")[1]?.length ?? 0
  const text = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(decimal as Intl.StringNumericLiteral)
  // No-break spaces would be shown as signs by some readers of plain text, and marks of direction are dropped from values.
  return text.replaceAll(/\s/g, " ")
}
