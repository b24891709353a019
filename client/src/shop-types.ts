import type { Time } from "./types.ts"
import type { ProductWords } from "./words.ts"

/** A language of pages and mails. */
export type ShopLanguage = "en" | "de" | "fr" | "es" | "ja" | "ar"

/** The links to the shop's own pages; null: there is none. https only. */
export interface ShopLinks {
  readonly imprint: string | null
  readonly privacy: string | null
  readonly terms: string | null
  readonly returns: string | null
  readonly accessibility: string | null
}

/** A picture with its alternative text. https only. */
export interface Picture {
  readonly url: string
  readonly alt: string
}

/** What the shop has set about itself; null: not set. */
export interface ShopSettings {
  readonly name: string | null
  /** The name while `name` is null. */
  readonly default_name: string
  /** The languages while `languages` is null. */
  readonly default_languages: readonly ShopLanguage[]
  /** Where buyers ask for help: an e-mail address or an https URL. */
  readonly support: string | null
  /** `#rrggbb` in lower case. */
  readonly accent: string | null
  readonly links: ShopLinks
  readonly logo: Picture | null
  /** The picture in a browser's tab. */
  readonly icon: string | null
  /** The languages of pages and mails, the default first; null: English alone. */
  readonly languages: readonly ShopLanguage[] | null
  /** False: lists leave out products that have not opened yet. */
  readonly lists_scheduled: boolean
  /** Whether an order's page leads to a payment: with Stripe, a payment page or the simulator. Set by the configuration. */
  readonly takes_payments: boolean
  /** Names this content: a change can ask for it. */
  readonly version: string
  readonly updated_at: Time | null
}

/** A change of the shop's settings: what is left out stays, null removes. */
export interface ShopChangesBody {
  /** Up to 100 characters. */
  readonly name?: string | null
  readonly support?: string | null
  readonly accent?: string | null
  /** Replaces all links; one that is left out is removed. */
  readonly links?: Partial<ShopLinks> | null
  readonly logo?: Picture | null
  readonly icon?: string | null
  readonly languages?: readonly ShopLanguage[] | null
  readonly lists_scheduled?: boolean
}

/** The texts of a product in one language; null: the product's own. */
export interface ProductTexts {
  readonly name: string | null
  readonly description: string | null
  readonly after_purchase: string | null
  /**
   * The names of options, values and variants, by the word as the product writes it: up to 250, each of up to 255 characters.
   * Absent: there are none.
   */
  readonly words?: ProductWords
}

/** What the pages and mails of a product show besides its settings. */
export interface StoredContent {
  readonly product_id: number
  /** What the picture at `image_url` shows, for people who do not see it. */
  readonly image_alt: string | null
  /** Shown after `image_url`. */
  readonly pictures: readonly Picture[]
  /** What a buyer reads after paying. */
  readonly after_purchase: string | null
  readonly translations: Readonly<Partial<Record<ShopLanguage, ProductTexts>>>
  /**
   * What `words` of a language can translate: the names and values of options, the names of variants or their parts, and the
   * descriptions of pictures. Absent: the product has neither variants nor a description.
   */
  readonly own_words?: readonly string[]
  /** Words in `translations` that nothing of the product is at present. Absent: there are none. */
  readonly unused_words?: readonly string[]
  /** Names this content: a change can ask for it. */
  readonly version: string
  readonly updated_at: Time | null
}

/** The texts of a product in one language; one that is left out is the product's own. */
export type ProductTextsBody = Partial<Omit<ProductTexts, "words">> & {
  readonly words?: ProductWords | null
}

/** A change of a product's content: what is left out stays, null removes. */
export interface ContentChangesBody {
  /** Up to 255 characters. */
  readonly image_alt?: string | null
  /** Replaces all of them; up to 9. */
  readonly pictures?: readonly Picture[]
  /** Up to 2,000 characters. */
  readonly after_purchase?: string | null
  /** A language that is named is replaced, and null removes it. */
  readonly translations?: Readonly<Partial<Record<ShopLanguage, ProductTextsBody | null>>> | null
}
