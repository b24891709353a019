import type { Page, Product } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { saleTexts } from "./sale-texts.ts"

/** What is on sale, as links. */
export function ProductList({ page }: { readonly page: Page<Product> }) {
  return (
    <main>
      <h1>On sale</h1>
      <ul class="products">
        {page.data.map((product) => (
          <li key={product.id}>
            <a href={`/p/${product.id}`}>
              <span class="name">{product.name}</span>
              <span class="price">{priceOf(product.price_minor, product.currency)}</span>
              <span class={`state ${product.sale_state}`}>{saleTexts[product.sale_state]}</span>
            </a>
          </li>
        ))}
      </ul>
      {page.next_cursor !== null && <a href={`/?cursor=${encodeURIComponent(page.next_cursor)}`}>More</a>}
    </main>
  )
}
