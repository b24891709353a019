import type { Page, Product } from "../../client/src/index.ts"
import type { PageModel } from "./page-model.ts"
import { priceText, saleTexts } from "./texts.ts"
import { dateText } from "../shared/dates.ts"

/** Lists the products with price and state. */
export function ProductList({ page, model }: { readonly page: Page<Product>; readonly model: PageModel }) {
  const products = model.products.value
  return (
    <main class="list">
      <h1>On sale</h1>
      {products.length === 0 ? (
        <p>No products yet.</p>
      ) : (
        <ul class="product-list">
          {products.map((product) => (
            <li key={product.id}>
              <a href={`/p/${product.id}`}>
                <span class="name">{product.name}</span>
                <span class="price tabular">{priceText(product)}</span>
                <span class={`state tabular ${product.sale_state}`}>
                  {stateText(product, model.zone.value)}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {page.next_cursor !== null && (
        <a class="button" href={`/?cursor=${encodeURIComponent(page.next_cursor)}`}>
          More products
        </a>
      )}
    </main>
  )
}

function stateText({ sale_state, available_stock, opens_at }: Product, zone: string | null): string {
  if (sale_state === "open") return `${available_stock} left`
  if (sale_state === "scheduled" && opens_at !== null) return `Opens ${dateText(opens_at, zone)}`
  return saleTexts[sale_state]
}
