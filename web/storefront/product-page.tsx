import type { Product } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { saleTexts } from "./sale-texts.ts"

/** One product: what is left of it, and how to hold a unit. */
export function ProductPage({ product }: { readonly product: Product }) {
  return (
    <main>
      <h1>{product.name}</h1>
      <p class="price">{priceOf(product.price_minor, product.currency)}</p>
      <p class={`state ${product.sale_state}`}>{saleTexts[product.sale_state]}</p>
      <p>
        {product.available_stock} of {product.stock} available
      </p>
    </main>
  )
}
