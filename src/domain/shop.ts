/** The languages that pages and mails can be in. */
export const shopLanguages = ["en", "de", "fr", "es", "ja", "ar"] as const

/** A language of pages and mails. */
export type ShopLanguage = (typeof shopLanguages)[number]

/** The pages of a shop's own that every page and mail links to, in the order in which they are shown. */
export const shopLinks = ["imprint", "privacy", "terms", "returns", "accessibility"] as const

export type ShopLink = (typeof shopLinks)[number]

/** A picture, with what it says to people who do not see it. */
export interface Picture {
  readonly url: string
  readonly alt: string
}

/** What the shop has set about itself. Null: not set. */
export interface ShopSettings {
  readonly name: string | null
  /** Where buyers ask for help: an e-mail address or an https URL. */
  readonly support: string | null
  /** The shop's colour, as `#rrggbb` in lower case. */
  readonly accent: string | null
  readonly links: Readonly<Record<ShopLink, string | null>>
  readonly logo: Picture | null
  /** The URL of the icon in a browser's tab. */
  readonly icon: string | null
  /** The languages of its pages and mails, the default first; null: those of LANGUAGES. */
  readonly languages: readonly ShopLanguage[] | null
  /** False: lists leave out products that have not opened yet. */
  readonly listsScheduled: boolean
}

/** What buyers see of a shop: it always has a name and a language. */
export interface ShopFace extends ShopSettings {
  readonly name: string
  readonly languages: readonly ShopLanguage[]
}

/** A shop that has set nothing. */
export const noShopSettings: ShopSettings = {
  name: null,
  support: null,
  accent: null,
  links: { imprint: null, privacy: null, terms: null, returns: null, accessibility: null },
  logo: null,
  icon: null,
  languages: null,
  listsScheduled: true,
}
