import type { ContentChangesBody, ProductTexts, ShopLanguage, StoredContent } from "../../client/src/admin.ts"

/** Further pictures that a product may have besides its own. */
export const MOST_FURTHER_PICTURES = 9

/** The texts of one language as they stand in the form. */
export type TextFields = Readonly<Record<keyof ProductTexts, string>>

/** All fields of the form, as texts. */
export interface ContentTexts {
  readonly imageAlt: string
  readonly pictures: readonly { readonly url: string; readonly alt: string }[]
  readonly afterPurchase: string
  readonly translations: Readonly<Partial<Record<ShopLanguage, TextFields>>>
}

/**
 * The members that differ from what was read, so that saving does not undo changes made elsewhere in the meantime. An
 * empty field is null, and a row of pictures without an address is left out.
 */
export function changedContent(texts: ContentTexts, before: StoredContent): ContentChangesBody {
  const pictures = texts.pictures
    .map(({ url, alt }) => ({ url: url.trim(), alt: alt.trim() }))
    .filter(({ url }) => url !== "")
  const translations = Object.fromEntries(
    Object.entries(texts.translations)
      .map(([tag, fields]) => [tag, textsOrNull(fields)] as const)
      .filter(([tag, fields]) => !isSame(fields, before.translations[tag as ShopLanguage] ?? null)),
  )
  const wanted = {
    image_alt: orNull(texts.imageAlt.trim()),
    pictures,
    after_purchase: orNull(texts.afterPurchase),
  }
  return {
    ...(wanted.image_alt !== before.image_alt && { image_alt: wanted.image_alt }),
    ...(!isSame(pictures, before.pictures) && { pictures }),
    ...(wanted.after_purchase !== before.after_purchase && { after_purchase: wanted.after_purchase }),
    ...(Object.keys(translations).length > 0 && { translations }),
  }
}

function textsOrNull({ name, description, after_purchase }: TextFields): ProductTexts | null {
  const texts = {
    name: orNull(name.trim()),
    description: orNull(description),
    after_purchase: orNull(after_purchase),
  }
  return Object.values(texts).every((text) => text === null) ? null : texts
}

function orNull(text: string): string | null {
  return text.trim() === "" ? null : text
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
