import type { LanguageTag } from "../../../../client/src/languages.ts"
import { inWords } from "../../../../client/src/words.ts"
import type { PaymentChoice } from "../../../../web/shared/page-data.ts"
import type { Services } from "../../services.ts"
import { noProductContent, type ProductContent } from "../../../domain/product-content.ts"
import type { ProductView } from "../../../store/reads/views.ts"
import { contentVersion, shownContentJson } from "../../../wire/product-content.ts"
import { publicProductJson, publicStateName } from "../../../wire/public-product.ts"

interface Showing {
  readonly tag: LanguageTag
  /** How long a hold of a product lasts that does not say it itself. */
  readonly holdTtlSeconds: number
}

/**
 * A product with its texts in a language, as pages show it. `content` is absent where the product has none, so that the page
 * of such a product is no longer than before.
 */
export function shownProduct(
  { product, serverTime }: ProductView,
  content: ProductContent,
  { tag, holdTtlSeconds }: Showing,
) {
  const { name, description, pictures, words } = shownContentJson(product, content, tag)
  const shown = publicProductJson({ ...product, name, description }, serverTime, holdTtlSeconds)
  return {
    product: inWords(shown, words),
    ...(content !== noProductContent && { content: { pictures, ...(words !== undefined && { words }) } }),
  }
}

/** Whether the page of a product lets buyers confirm a mailbox. */
export function asksForMailbox({ product }: ProductView): boolean {
  return product.customer === "email"
}

/** How buyers pay on an order's page; null: they pay elsewhere. */
export function paymentChoice({
  simulator,
  stripePublishableKey,
  paymentPage,
}: Pick<Services, "simulator" | "stripePublishableKey" | "paymentPage">): PaymentChoice | null {
  if (stripePublishableKey !== null) return { kind: "stripe", publishableKey: stripePublishableKey }
  if (paymentPage !== null) return { kind: "link" }
  return simulator === null ? null : { kind: "simulator", url: "/simulator" }
}

/** The most rendered pages that are remembered, in all languages: more products than are viewed at the same time. */
export const REMEMBERED_PAGES = 1_000

interface PageRendering {
  /** Names all that the pages show besides the product. */
  readonly build: string
  /** How many pages are remembered. */
  readonly most: number
  readonly holdTtlSeconds: number
  readonly render: (view: ProductView, content: ProductContent) => string
}

/**
 * Renders a product's page once for each state of the product and each content. The page shows the time at which it was rendered.
 */
export function createProductPages({ build, most, holdTtlSeconds, render }: PageRendering) {
  const pages = new Map<number, { readonly text: string; readonly etag: string }>()
  return {
    of(view: ProductView, content: ProductContent): { readonly text: string; readonly etag: string } {
      const { id } = view.product
      const own = content === noProductContent ? "" : `-${versionOf(content)}`
      // Weak: other processes render the same state at other times.
      const etag = `W/"${publicStateName(view.product, view.serverTime, holdTtlSeconds)}-${build}${own}"`
      const known = pages.get(id)
      if (known?.etag === etag) return known
      if (pages.size >= most) pages.clear()
      const page = { text: render(view, content), etag }
      pages.set(id, page)
      return page
    },
  }
}

const versions = new WeakMap<ProductContent, string>()

/** Made once for each content, because it is asked for with each page. */
function versionOf(content: ProductContent): string {
  const known = versions.get(content) ?? contentVersion(content)
  versions.set(content, known)
  return known
}
