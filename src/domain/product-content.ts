import { partsOf, type ProductWords } from "../../client/src/words.ts"
import { shopLanguages, type Picture, type ShopLanguage } from "./shop.ts"
import type { Variant } from "./variant.ts"

/** Further pictures that a product may have besides its own: ten with it. */
export const MOST_FURTHER_PICTURES = 9

/** The texts of a product in one language; null: as in the product itself. */
export interface ProductTexts {
  readonly name: string | null
  readonly description: string | null
  readonly afterPurchase: string | null
  /** The names of options, values and variants, and descriptions of pictures, as the product writes them. Absent: there are none. */
  readonly words?: ProductWords
}

/** The most words of a language: a name for each of 200 variants, and 50 for options and values that no name has. */
export const MOST_WORDS = 250

/** What is shown of a product besides its settings. No decision of a sale depends on it. */
export interface ProductContent {
  /** What the product's own picture shows; null: not said. */
  readonly imageAlt: string | null
  readonly pictures: readonly Picture[]
  /** What a buyer reads after paying: on the page of the order and in the receipt. */
  readonly afterPurchase: string | null
  readonly translations: Readonly<Partial<Record<ShopLanguage, ProductTexts>>>
}

/** The content of a product that has none. */
export const noProductContent: ProductContent = {
  imageAlt: null,
  pictures: [],
  afterPurchase: null,
  translations: {},
}

/** The texts of a product in a language, those of the product itself where the language has none of its own. */
export function textsIn(
  product: { readonly name: string; readonly description: string | null },
  content: ProductContent,
  language: string | null,
): { readonly name: string; readonly description: string | null } {
  const own = translationIn(content, language)
  return {
    name: own?.name ?? product.name,
    description: own?.description ?? product.description,
  }
}

/** What buyers who have paid read, in a language or in the product's own. Null: nothing. */
export function afterPurchaseIn(content: ProductContent, language: string | null): string | null {
  return translationIn(content, language)?.afterPurchase ?? content.afterPurchase
}

/** The words for options, values and variants in a language; undefined: all are as the product writes them. */
export function wordsIn(content: ProductContent, language: string | null): ProductWords | undefined {
  return translationIn(content, language)?.words
}

/** What tells a variant from the others. */
type Named = Pick<Variant, "name" | "options" | "imageAlt">

/**
 * The words that a product uses, each once: every option with its values, then the names of variants or, where a name has
 * several parts, its parts, and last the descriptions of its pictures and of those of its variants.
 */
export function wordsOf(content: ProductContent, variants: readonly Named[]): readonly string[] {
  const options = new Map<string, Set<string>>()
  for (const [name, value] of variants.flatMap((variant) => Object.entries(variant.options))) {
    // A set with the name first, and then its values.
    options.set(name, (options.get(name) ?? new Set([name])).add(value))
  }
  const parts = variants.map(({ name }) => partsOf(name))
  const alts = [
    content.imageAlt,
    ...content.pictures.map(({ alt }) => alt),
    ...variants.map(({ imageAlt }) => imageAlt),
  ]
  const found = new Set<string>()
  for (const words of [...options.values(), ...parts, alts.filter((alt) => alt !== null)])
    for (const word of words) found.add(word)
  return [...found]
}

/** The words of all languages that nothing of the product has, sorted: such as those that are misspelt. */
export function unusedWords(content: ProductContent, variants: readonly Named[]): readonly string[] {
  const used = new Set([...wordsOf(content, variants), ...variants.map(({ name }) => name)])
  const given = Object.values(content.translations).flatMap(({ words = {} }) => Object.keys(words))
  return [...new Set(given)].filter((word) => !used.has(word)).sort()
}

/** `language`: a tag such as `de-CH`, of which the first part counts; null: not known. */
function translationIn({ translations }: ProductContent, language: string | null): ProductTexts | undefined {
  const [base] = (language ?? "").toLowerCase().split("-", 1)
  const known = shopLanguages.find((tag) => tag === base)
  return known === undefined ? undefined : translations[known]
}
