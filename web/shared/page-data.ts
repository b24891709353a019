import type { LanguageTag } from "../../client/src/languages.ts"
import type { Order, Page, Product } from "../../client/src/index.ts"

/** How a page pays for an order. */
export type PaymentChoice =
  /** The simulator, below this address of the same server. */
  | { readonly kind: "simulator"; readonly url: string }
  /** Stripe's Payment Element, by the account with this key. */
  | { readonly kind: "stripe"; readonly publishableKey: string }
  /** The shop's own payment page. */
  | { readonly kind: "link" }

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

/** The data of a page: the server renders it, and the browser continues from the same data. */
export type PageData = PageContent & {
  /** Absent where the shop has one language, and on a page that does not exist. */
  readonly offer?: LanguageOffer
}

type PageContent =
  | { readonly kind: "products"; readonly page: Page<Product> }
  | { readonly kind: "product"; readonly product: Product; readonly payment: PaymentChoice | null }
  /** Contains no order: only the browser has the token to read it. */
  | { readonly kind: "order"; readonly orderId: Order["order_id"]; readonly payment: PaymentChoice | null }
  | { readonly kind: "find" }
  | { readonly kind: "missing" }

/** The files that a page loads, as addresses on its own server. */
export interface PageAssets {
  readonly script: string
  /** The scripts that it imports, so that browsers load them at once. */
  readonly preloads: readonly string[]
  readonly styles: readonly string[]
}

/** Renders a whole document in a language. */
export type RenderPage = (data: PageData, assets: PageAssets, tag: LanguageTag) => string
