import type { LanguageTag } from "../../client/src/languages.ts"
import type { Picture, ShopSettings } from "../../client/src/admin.ts"
import type { Order, Page, Product, ProductWords } from "../../client/src/index.ts"
import { DEFAULT_ACCENT } from "../../src/base/accent.ts"

/** How a page pays for an order. */
export type PaymentChoice =
  /** The simulator, below this address of the same server. */
  | { readonly kind: "simulator"; readonly url: string }
  /** Stripe's Payment Element, by the account with this key. */
  | { readonly kind: "stripe"; readonly publishableKey: string }
  /** The shop's own payment page. */
  | { readonly kind: "link" }

/** The challenge that a buyer solves before a code is mailed. */
export type ChallengeChoice =
  /** Of the server itself. */
  | "altcha"
  /** Of whatever kind: it is shown on this page of the shop, and not where the buyer is. */
  | { readonly page: string }
  /** Of a service, by its script. */
  | { readonly script: string; readonly siteKey: string; readonly capEndpoint?: string }

/** The name of the cookie with the language that a buyer has chosen. It holds nothing else, and only the page's script writes it. */
export const LANGUAGE_COOKIE = "doorbuster_lang"

/** The languages that a shop with several offers on a page. */
export interface LanguageOffer {
  readonly tags: readonly LanguageTag[]
  /** The page's own path, with its query but without a language. */
  readonly path: string
}

/** The path of a page in a language. */
export function pathIn(path: string, tag: LanguageTag): string {
  return `${path}${path.includes("?") ? "&" : "?"}lang=${tag}`
}

/** What buyers see of the shop. It always has a name. */
export interface ShopData extends Pick<
  ShopSettings,
  "support" | "accent" | "links" | "logo" | "icon" | "languages"
> {
  readonly name: string
}

/** What the browser needs of the shop; the server alone renders the rest. */
export interface ShopSign extends Pick<ShopData, "name" | "logo" | "languages"> {
  /** Only on the page of an order. */
  readonly support?: ShopData["support"]
}

/** The data of a page: the server renders it, and the browser continues from the same data. */
/** The data of a page: the server renders it, and the browser continues from the same data. */
export type PageData = { readonly shop: ShopSign } & OfferedContent

/** The data from which the server renders a page. */
export type WholePageData = { readonly shop: ShopData } & OfferedContent

type OfferedContent = PageContent & {
  /** Absent where the shop has one language, and on a page that does not exist. */
  readonly offer?: LanguageOffer
}

/** What the page of a product shows besides its settings. */
export interface ProductContentData {
  /** The product's own first. */
  readonly pictures: readonly Picture[]
  /** For the names of variants in live updates. Absent: the language has none. */
  readonly words?: ProductWords
}

/** A state of the sale in which the shop looks at a draft. */
export type PreviewState = "scheduled" | "open" | "sold_out"

/** What a page is about. */
export type PageContent =
  | {
      readonly kind: "products"
      /** Names and descriptions are in the page's language. */
      readonly page: Page<Product>
      /** The products whose texts in this language are not those of the product itself. Absent: there are none. */
      readonly translated?: readonly Product["id"][]
    }
  | {
      readonly kind: "product"
      /** Its texts are in the page's language. */
      readonly product: Product
      readonly payment: PaymentChoice | null
      /** Only of a product for confirmed mailboxes, where the server asks for one. */
      readonly challenge?: ChallengeChoice
      /** Absent where the product has no content. */
      readonly content?: ProductContentData
      /** The shop looks at a draft: the page is as it will be in a state of the sale, and nothing can be bought on it. */
      readonly preview?: { readonly state: PreviewState; readonly states: readonly PreviewState[] }
    }
  /** Contains no order: only the browser has the token to read it. */
  | {
      readonly kind: "order"
      readonly orderId: Order["order_id"]
      readonly payment: PaymentChoice | null
      /** Whether the links of orders can be mailed. */
      readonly hasMail: boolean
      /** The origin of the page with `<doorbuster-buy>` from which the buyer comes. Absent: none that the server allows. */
      readonly cameFrom?: string
    }
  /** `hasMail`, here and below: as of an order. */
  | { readonly kind: "find"; readonly hasMail: boolean }
  /** Contains none: only the browser knows which orders it has made. */
  | { readonly kind: "orders"; readonly hasMail: boolean }
  | { readonly kind: "missing" }

/** The files that a page loads, as addresses on its own server. */
export interface PageAssets {
  readonly script: string
  /** The scripts that it imports, so that browsers load them at once. */
  readonly preloads: readonly string[]
  readonly styles: readonly string[]
}

/** Renders a whole document in a language. `publicUrl`: the address of the storefront; null: not configured. */
export type RenderPage = (
  data: WholePageData,
  assets: PageAssets,
  place: { readonly tag: LanguageTag; readonly publicUrl: string | null },
) => string

/** The address of the style sheet with the shades of the shop's colour; null: the pages' own colour. */
export function themeOf({ accent }: Pick<ShopData, "accent">): string | null {
  return accent === null ? null : `/theme/${accent.slice(1)}.css`
}

/** The address of the picture in a browser's tab: the shop's, or the first letter of its name in its colour. */
export function iconOf({ icon, accent, name }: Pick<ShopData, "icon" | "accent" | "name">): string {
  if (icon !== null) return icon
  const letter = /[\p{L}\p{N}]/u.exec(name)?.[0] ?? ""
  const code = letter === "" ? "" : `-${letter.codePointAt(0)?.toString(16) ?? ""}`
  return `/theme/${(accent ?? DEFAULT_ACCENT).slice(1)}${code}.svg`
}
