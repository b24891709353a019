import type { LanguageTag } from "./languages.ts"

/** Words of a product in another language, by the word or the description as the product writes it: `{"Size": "Größe", "Red": "Rot"}`. */
export type ProductWords = Readonly<Record<string, string>>

/** The pictures and texts that a product's page shows, in one language. Reading them needs no token. */
export interface ProductContent {
  readonly product_id: number
  readonly language: LanguageTag
  readonly name: string
  readonly description: string | null
  /** The product's own picture first. */
  readonly pictures: readonly { readonly url: string; readonly alt: string }[]
  /** The names of options, values and variants, and descriptions of pictures, in this language. Absent: there are none. */
  readonly words?: ProductWords
  /** The shop's colour for buttons, `#rrggbb`: their surface, and text on it that can be read. Absent: it has set none. */
  readonly shop_accent?: { readonly surface: string; readonly ink: string }
}

/** What tells a variant from the others. */
interface Named {
  readonly name: string
  readonly options: Readonly<Record<string, string>>
  readonly image_alt?: string
}

/** Between the parts of a variant's name: `Red / 42`, `Red, 42`. With spaces, because `T-shirt` and `1/2 kg` are one word. */
const separator = /([,;]\s+|\s+[/|·+–—-]\s+)/u

/**
 * The name of an option, a value or a variant in another language. A name that is no word of its own, such as `Red / 42`, is
 * translated part by part. What the language has no word for stays as it is.
 */
export function wordIn(words: ProductWords | undefined, text: string): string {
  if (words === undefined) return text
  return (
    ownWord(words, text) ??
    text
      .split(separator)
      .map((part) => ownWord(words, part) ?? part)
      .join("")
  )
}

/** Not `words[text]` alone: a variant may be named `constructor`. */
function ownWord(words: ProductWords, text: string): string | undefined {
  return Object.hasOwn(words, text) ? words[text] : undefined
}

/** The description of a picture in another language, as a whole: part by part it would be in two languages. */
export function altIn(words: ProductWords | undefined, alt: string): string {
  return (words && ownWord(words, alt)) ?? alt
}

/** The product with its variants' names, options, values and descriptions of pictures in another language; the same product where there are no words. */
export function inWords<Item extends { readonly variants?: readonly Named[] }>(
  product: Item,
  words: ProductWords | undefined,
): Item {
  if (words === undefined || product.variants === undefined) return product
  const word = (text: string) => wordIn(words, text)
  const variants = product.variants.map((variant) => ({
    ...variant,
    ...(variant.image_alt !== undefined && { image_alt: altIn(words, variant.image_alt) }),
    name: word(variant.name),
    options: Object.fromEntries(
      Object.entries(variant.options).map(([name, value]) => [word(name), word(value)]),
    ),
  }))
  return { ...product, variants }
}

type Texts = Pick<ProductContent, "name" | "description" | "words">

/** The product with its texts and words in another language: those of `client.products.content`. */
export function productIn<Item extends Texts & { readonly variants?: readonly Named[] }>(
  product: Item,
  { name, description, words }: Texts,
): Item {
  return { ...inWords(product, words), name, description }
}

/** The name of an option as a title: `Size`. */
export function optionTitle(option: string): string {
  return option.charAt(0).toUpperCase() + option.slice(1)
}

/**
 * The options of a variant, in the order of its name, where they say all that its name says: `Colour` and `Black`, `Size` and
 * `M` for `Black / M`. Null: it has fewer than two, or its name says more.
 */
export function optionsInName({ name, options }: Named): readonly (readonly [string, string])[] | null {
  const parts = partsOf(name)
  const pairs = Object.entries(options)
  const values = new Set(pairs.map(([, value]) => value))
  if (pairs.length < 2 || !parts.every((part) => values.has(part))) return null
  return pairs.sort(([, one], [, other]) => parts.indexOf(one) - parts.indexOf(other))
}

/** The parts of a variant's name that are translated each for itself; one where it has no parts. */
export function partsOf(name: string): readonly string[] {
  return name.split(separator).filter((_, index) => index % 2 === 0)
}
