import type { Page, Product } from "../../client/src/index.ts"
import type { PageModel } from "./page-model.ts"
import type { Language } from "./language.ts"
import { useLanguage } from "./page-language.ts"
import { priceText } from "./texts.ts"

/** Lists the products with price and state. */
export function ProductList({ page, model }: { readonly page: Page<Product>; readonly model: PageModel }) {
  const language = useLanguage()
  const { words } = language
  const products = model.products.value
  return (
    <main class="list">
      <h1>{words.onSale}</h1>
      {products.length === 0 ? (
        <p>{words.noProducts}</p>
      ) : (
        <ul class="product-list">
          {products.map((product) => (
            <li key={product.id}>
              <a href={`/p/${product.id}`}>
                <span class="name">{product.name}</span>
                <span class="price tabular">{priceText(language, product)}</span>
                <span class={`state tabular ${product.sale_state}`}>
                  {stateText(language, product, model.zone.value)}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {page.next_cursor !== null && (
        <a class="button" href={`/?cursor=${encodeURIComponent(page.next_cursor)}`}>
          {words.moreProducts}
        </a>
      )}
    </main>
  )
}

function stateText({ words, date }: Language, product: Product, zone: string | null): string {
  const { sale_state, available_stock, opens_at } = product
  if (sale_state === "open") return words.left(available_stock)
  if (sale_state === "scheduled" && opens_at !== null) return words.opensAt(date(opens_at, zone))
  return words.saleStates[sale_state]
}
