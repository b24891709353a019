import type { LanguageTag } from "../../client/src/languages.ts"
import { languageOf, type Language } from "../storefront/language.ts"
import type { Words } from "../storefront/words/en.ts"

/** Loads each language's words when an element needs them. */
const loaders: Readonly<Record<LanguageTag, () => Promise<Words>>> = {
  en: async () => (await import("../storefront/words/en.ts")).en,
  de: async () => (await import("../storefront/words/de.ts")).de,
  fr: async () => (await import("../storefront/words/fr.ts")).fr,
  es: async () => (await import("../storefront/words/es.ts")).es,
  ja: async () => (await import("../storefront/words/ja.ts")).ja,
  ar: async () => (await import("../storefront/words/ar.ts")).ar,
}

/** Loads a language. Orders that are made in it say so. */
export async function loadLanguage(tag: LanguageTag): Promise<Language> {
  return { ...languageOf(tag, await loaders[tag]()), isChosen: true }
}
