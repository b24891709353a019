/** What the program knows about a language of its pages and mails. */
interface LanguageFacts {
  /** What its speakers call it. */
  readonly name: string
  readonly direction: "ltr" | "rtl"
  /** For `Intl`: how numbers and prices are written. Arabic shops write Latin digits, as they stand in sizes and order numbers. */
  readonly locale: string
  /** The forms that `Intl.PluralRules` distinguishes. */
  readonly plurals: readonly Intl.LDMLPluralRule[]
}

/** The languages of the storefront and of mails, by their tag. */
export const languages = {
  en: { name: "English", direction: "ltr", locale: "en", plurals: ["one", "other"] },
  de: { name: "Deutsch", direction: "ltr", locale: "de", plurals: ["one", "other"] },
  fr: { name: "Français", direction: "ltr", locale: "fr", plurals: ["one", "many", "other"] },
  es: { name: "Español", direction: "ltr", locale: "es", plurals: ["one", "many", "other"] },
  ja: { name: "日本語", direction: "ltr", locale: "ja", plurals: ["other"] },
  ar: {
    name: "العربية",
    direction: "rtl",
    locale: "ar-u-nu-latn",
    plurals: ["zero", "one", "two", "few", "many", "other"],
  },
} as const satisfies Readonly<Record<string, LanguageFacts>>

/** A language that pages and mails can have. */
export type LanguageTag = keyof typeof languages

/** The tags of all languages. */
export const languageTags = Object.keys(languages) as readonly LanguageTag[]

/** Finds the language of a tag such as `de` or `de-CH`; null: pages and mails do not have it. */
export function knownLanguage(tag: string): LanguageTag | null {
  const base = tag.toLowerCase().split("-", 1)[0]
  return languageTags.find((known) => known === base) ?? null
}

/** A text for each plural form of a language. `#` stands for the number. */
export type PluralTexts<Tag extends LanguageTag> = Readonly<
  Record<(typeof languages)[Tag]["plurals"][number], string>
>

/** The tools with which a language's texts are written. */
export interface TextTools<Tag extends LanguageTag> {
  /** Chooses the form for a number and puts the number in the place of `#`. */
  readonly plural: (count: number, texts: PluralTexts<Tag>) => string
  /** Writes a whole number: `1,200`. */
  readonly count: (count: number) => string
}

/** Makes the tools of a language. */
export function textTools<Tag extends LanguageTag>(tag: Tag): TextTools<Tag> {
  const { locale } = languages[tag]
  const rules = new Intl.PluralRules(locale)
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  return {
    count: (count) => numbers.format(count),
    plural(count, texts) {
      const forms: Readonly<Partial<Record<string, string>>> = texts
      return (forms[rules.select(count)] ?? forms["other"] ?? "").replaceAll("#", numbers.format(count))
    },
  }
}
