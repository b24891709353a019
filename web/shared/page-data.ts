import type { Order, Page, Product } from "../../client/src/index.ts"

/** How a page pays for an order. */
export type PaymentChoice =
  /** The simulator, below this address of the same server. */
  | { readonly kind: "simulator"; readonly url: string }
  /** Stripe's Payment Element, by the account with this key. */
  | { readonly kind: "stripe"; readonly publishableKey: string }

/** What a page is made of: rendered by the server, then carried on by the browser from the same data. */
export type PageData =
  | { readonly kind: "products"; readonly page: Page<Product> }
  | { readonly kind: "product"; readonly product: Product; readonly payment: PaymentChoice | null }
  /** Who may see the order is known to the browser alone, which has the token. */
  | { readonly kind: "order"; readonly orderId: Order["order_id"]; readonly payment: PaymentChoice | null }
  | { readonly kind: "missing" }

/** The files that a page loads, as addresses on its own server. */
export interface PageAssets {
  readonly script: string
  readonly styles: readonly string[]
}

/** Renders a whole document. */
export type RenderPage = (data: PageData, assets: PageAssets) => string
