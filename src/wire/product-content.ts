import { hash } from "node:crypto"
import { Type, type Static } from "typebox"
import { altIn, type ProductWords } from "../../client/src/words.ts"
import {
  MOST_FURTHER_PICTURES,
  MOST_WORDS,
  textsIn,
  unusedWords,
  wordsIn,
  wordsOf,
  type ProductContent,
  type ProductTexts,
} from "../domain/product-content.ts"
import type { Product } from "../domain/product.ts"
import { shopLanguages, type ShopLanguage } from "../domain/shop.ts"
import { isoTimeOrNull, type Instant } from "../domain/time.ts"
import { Id, Label, body, labelPattern, nullable, oneOf, orNull, prosePattern, timeOrNull } from "./fields.ts"
import { PictureBody, pictureIn, urlErrors, type FieldError } from "./pictures.ts"

const LONGEST_TEXT = 2_000

const prose = orNull<string>("string", { maxLength: LONGEST_TEXT, pattern: prosePattern })
const PictureWire = Type.Object({ url: Type.String(), alt: Type.String() })

/** `propertyNames` checks the words; see the options of variants. */
const WordsBody = Type.Unsafe<Record<string, string> | null>({
  type: ["object", "null"],
  maxProperties: MOST_WORDS,
  propertyNames: Label,
  additionalProperties: Label,
  description:
    "The names of options, values and variants, and descriptions of pictures, by the word or text as the product writes it. A variant's name of several parts, such as `Red / 42`, needs words for its parts alone; the description of a picture is translated as a whole. Words that the product does not use are kept for when it does",
})
const WordsWire = Type.Unsafe<Record<string, string>>({
  type: "object",
  additionalProperties: Type.String(),
})

const TextsBody = body({
  name: Type.Optional(orNull<string>("string", { minLength: 1, maxLength: 255, pattern: labelPattern })),
  description: Type.Optional(prose),
  after_purchase: Type.Optional(prose),
  words: Type.Optional(WordsBody),
})
const TextsWire = Type.Object({
  name: orNull<string>("string"),
  description: orNull<string>("string"),
  after_purchase: orNull<string>("string"),
  words: Type.Optional(WordsWire),
})

function byLanguage<Schema>(schema: Schema) {
  return Object.fromEntries(shopLanguages.map((tag) => [tag, schema])) as Record<ShopLanguage, Schema>
}

/** The request to change the content of a product. */
export const ContentChangesBody = body({
  image_alt: Type.Optional(
    orNull<string>("string", {
      minLength: 1,
      maxLength: 255,
      pattern: labelPattern,
      description: "What the picture at `image_url` shows, for people who do not see it",
    }),
  ),
  pictures: Type.Optional(
    Type.Array(PictureBody, {
      maxItems: MOST_FURTHER_PICTURES,
      description: "Replaces the further pictures, which are shown after `image_url`",
    }),
  ),
  after_purchase: Type.Optional({
    ...prose,
    description: "What a buyer reads after paying, on the page of the order and in the receipt",
  }),
  translations: Type.Optional(
    nullable(
      Type.Object(byLanguage(Type.Optional(nullable(TextsBody))), {
        additionalProperties: false,
        description:
          "Texts by language; a language that is named is replaced, and null removes it. A text that it lacks is the product's own",
      }),
    ),
  ),
})

/** The content of a product. */
export const ContentWire = Type.Object({
  product_id: Id,
  image_alt: orNull<string>("string"),
  pictures: Type.Array(PictureWire),
  after_purchase: orNull<string>("string"),
  translations: Type.Object(byLanguage(Type.Optional(TextsWire))),
  own_words: Type.Optional(
    Type.Array(Type.String(), {
      description:
        "What can be translated by `words` of a language: the names and values of options, the names of variants or their parts, and the descriptions of pictures. Absent: the product has no variants and no description of a picture",
    }),
  ),
  unused_words: Type.Optional(
    Type.Array(Type.String(), {
      description:
        "Words in `translations` that no option, value, variant's name or description of a picture of the product is at present. Absent: there are none",
    }),
  ),
  version: Type.String({ description: "The content of the `ETag`, for `If-Match`" }),
  updated_at: timeOrNull,
})

/** The pictures and texts that a product's page shows, in one language. */
export const ShownContentWire = Type.Object({
  product_id: Id,
  language: oneOf(shopLanguages),
  name: Type.String(),
  description: orNull<string>("string"),
  pictures: Type.Array(PictureWire, {
    description: "The product's own picture first; without a description its `alt` is empty",
  }),
  words: Type.Optional({
    ...WordsWire,
    description:
      "The names of options, values and variants, and descriptions of pictures, in this language, by the product's own. Absent: there are none",
  }),
  shop_accent: Type.Optional(
    Type.Object(
      { surface: Type.String(), ink: Type.String() },
      {
        description:
          "The shop's colour for buttons, `#rrggbb`: their surface, and a text on it that can be read. Absent: the shop has set none",
      },
    ),
  ),
})

/** The JSON of {@link ContentWire}. */
export type ContentJson = Static<typeof ContentWire>

/** The JSON of {@link ShownContentWire}. */
export type ShownContentJson = Static<typeof ShownContentWire>

/** Makes the JSON of a product's content. */
export function contentJson(
  productId: number,
  content: ProductContent,
  { updatedAt, variants }: Pick<Product, "variants"> & { readonly updatedAt: Instant | null },
): ContentJson {
  const unused = unusedWords(content, variants ?? [])
  const words = wordsOf(content, variants ?? [])
  const translations = Object.entries(content.translations).map(([tag, texts]) => [tag, textsJson(texts)])
  return {
    product_id: productId,
    image_alt: content.imageAlt,
    pictures: content.pictures.map(pictureIn),
    after_purchase: content.afterPurchase,
    translations: Object.fromEntries(translations) as ContentJson["translations"],
    ...((variants !== null || words.length > 0) && { own_words: [...words] }),
    ...(unused.length > 0 && { unused_words: [...unused] }),
    version: contentVersion(content),
    updated_at: isoTimeOrNull(updatedAt),
  }
}

function textsJson({ name, description, afterPurchase, words }: ProductTexts): Static<typeof TextsWire> {
  return {
    name,
    description,
    after_purchase: afterPurchase,
    ...(words !== undefined && { words: { ...words } }),
  }
}

/** Makes the JSON of what is shown of a product in a language. */
export function shownContentJson(
  product: Pick<Product, "id" | "name" | "description" | "imageUrl">,
  content: ProductContent,
  language: ShopLanguage,
): ShownContentJson {
  const { name, description } = textsIn(product, content, language)
  const own = product.imageUrl === null ? [] : [{ url: product.imageUrl, alt: content.imageAlt ?? "" }]
  const words = wordsIn(content, language)
  const pictures = [...own, ...content.pictures].map(({ url, alt }) => ({ url, alt: altIn(words, alt) }))
  const shown = { product_id: product.id, language, name, description, pictures }
  return words === undefined ? shown : { ...shown, words: { ...words } }
}

/** Names a content: the same content has the same version in every process. */
export function contentVersion(content: ProductContent): string {
  return hash("sha256", JSON.stringify(content), "base64url").slice(0, 16)
}

/** Reads the changes that a request names; returns the errors of fields whose values are not valid. */
export function contentChanges(
  given: Static<typeof ContentChangesBody>,
): ((before: ProductContent) => ProductContent) | FieldError[] {
  const errors = (given.pictures ?? []).flatMap(({ url }, index) => urlErrors(`/pictures/${index}/url`, url))
  if (errors.length > 0) return errors
  return (before) => ({
    imageAlt: given.image_alt === undefined ? before.imageAlt : given.image_alt,
    pictures: given.pictures === undefined ? before.pictures : given.pictures.map(pictureIn),
    afterPurchase: given.after_purchase === undefined ? before.afterPurchase : given.after_purchase,
    translations: translationsAfter(before.translations, given.translations),
  })
}

type GivenTranslations = Static<typeof ContentChangesBody>["translations"]

function translationsAfter(
  before: ProductContent["translations"],
  given: GivenTranslations,
): ProductContent["translations"] {
  if (given === undefined) return before
  if (given === null) return {}
  const after = { ...before }
  for (const language of shopLanguages) {
    const texts = given[language]
    if (texts === undefined) continue
    delete after[language]
    if (texts === null) continue
    const { name = null, description = null, after_purchase: afterPurchase = null } = texts
    const words = wordsGiven(texts.words)
    // Texts that are all missing say nothing, and would keep the language on the list.
    if (name !== null || description !== null || afterPurchase !== null || words !== null) {
      after[language] = { name, description, afterPurchase, ...(words !== null && { words }) }
    }
  }
  return after
}

/** Null: there are none. A dictionary without words is left out, so that the content is that of a product without any. */
function wordsGiven(words: ProductWords | null = null): ProductWords | null {
  return words === null || Object.keys(words).length === 0 ? null : words
}
