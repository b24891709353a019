import type { Page, Product } from "../../client/src/index.ts"
import { Thumbnail } from "./gallery.tsx"
import type { PageModel } from "./page-model.ts"
import { listState } from "./list-state.ts"
import { useLanguage } from "./page-language.ts"
import { priceText } from "./texts.ts"

interface ListProps {
  readonly page: Page<Product>
  readonly model: PageModel
}

/**
 * Lists the products with price and state, in the server's order, which stays while the page is open: nothing moves under a
 * thumb. Sales that had been over for a day when the page was made have a part of their own, which is folded.
 */
export function ProductList({ page, model }: ListProps) {
  const { words } = useLanguage()
  const folded = new Set(page.data.filter(isLongOver).map(({ id }) => id))
  const products = model.products.value
  const [shown, over] = [
    products.filter(({ id }) => !folded.has(id)),
    products.filter(({ id }) => folded.has(id)),
  ]
  const last = page.data.at(-1)
  const more = page.next_cursor !== null && <MoreProducts cursor={page.next_cursor} />
  const endsFolded = last !== undefined && folded.has(last.id)
  return (
    <main class="list">
      <h1>{words.onSale}</h1>
      {products.length === 0 && <p>{words.noProducts}</p>}
      {shown.length > 0 && <Products products={shown} model={model} />}
      {!endsFolded && more}
      {over.length > 0 && (
        <details class="ended" open={shown.length === 0}>
          <summary>{words.endedSales}</summary>
          <Products products={over} model={model} />
          {endsFolded && more}
        </details>
      )}
    </main>
  )
}

const ONE_DAY_MS = 86_400_000

function isLongOver({ sale_state, closes_at, server_time }: Product): boolean {
  return (
    sale_state === "closed" &&
    closes_at !== null &&
    Date.parse(server_time) - Date.parse(closes_at) >= ONE_DAY_MS
  )
}

function MoreProducts({ cursor }: { readonly cursor: string }) {
  const { words } = useLanguage()
  return (
    <a class="button" href={`/?cursor=${encodeURIComponent(cursor)}`}>
      {words.moreProducts}
    </a>
  )
}

function Products({ products, model }: { readonly products: readonly Product[]; readonly model: PageModel }) {
  const language = useLanguage()
  // All rows have room for one, so that names stand below each other.
  const hasPictures = products.some(({ image_url }) => image_url !== null)
  return (
    <ul class="product-list">
      {products.map((product) => (
        <li key={product.id}>
          <a href={`/p/${product.id}`} class={hasPictures ? "with-picture" : undefined}>
            {hasPictures && (
              <span class="thumbnail">
                {product.image_url !== null && <Thumbnail key={product.image_url} url={product.image_url} />}
              </span>
            )}
            <span class="name">{product.name}</span>
            <span class="price tabular">{priceText(language, product)}</span>
            <State product={product} model={model} />
          </a>
        </li>
      ))}
    </ul>
  )
}

function State({ product, model }: { readonly product: Product; readonly model: PageModel }) {
  const { text, isOpen } = listState(useLanguage(), product, model.nowMs.value, model.zone.value)
  return <span class={isOpen ? "state tabular open" : "state tabular"}>{text}</span>
}
