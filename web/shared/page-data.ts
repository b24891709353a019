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

/** The data of a page: the server renders it, and the browser continues from the same data. */
export type PageData =
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
