import { useSignal } from "@preact/signals"
import { priceOf } from "../shared/money.ts"
import { buyers } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { usePolling } from "./polling.ts"
import { Failure, Pager } from "./pager.tsx"
import { StateBadge } from "./state-badge.tsx"

/** Lists all products, with links to their sales. */
export function ProductsScreen() {
  const cursor = useSignal<string | undefined>(undefined)
  const products = usePolling(`products ${cursor.value}`, 3_000, (signal) =>
    buyers.products.list({ cursor: cursor.value, limit: 50 }, { signal }),
  )
  const page = products.value.value
  return (
    <>
      <div class="heading">
        <h1>Products</h1>
        <a class="button primary" href="/admin/new">
          New product
        </a>
      </div>
      <Failure text={products.failure.value} />
      {page !== null && page.data.length > 0 && (
        <div class="scroll" role="region" aria-label="Products" tabindex={0}>
          <table class="tabular">
            <thead>
              <tr>
                <th scope="col">Product</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  Available
                </th>
                <th scope="col" class="number">
                  Held
                </th>
                <th scope="col" class="number">
                  Sold
                </th>
                <th scope="col" class="number">
                  Stock
                </th>
                <th scope="col" class="number">
                  Price
                </th>
                <th scope="col">Opens</th>
                <th scope="col">Closes</th>
              </tr>
            </thead>
            <tbody>
              {page.data.map((product) => (
                <tr key={product.id}>
                  <th scope="row" class="name">
                    <a href={`/admin/p/${product.id}`}>{product.name}</a>
                  </th>
                  <td>
                    <StateBadge state={product.sale_state} />
                  </td>
                  <td class="number">{product.available_stock}</td>
                  <td class="number">{product.reserved_stock}</td>
                  <td class="number">{product.sold_stock}</td>
                  <td class="number">{product.stock}</td>
                  <td class="number">{priceOf(product.price_minor, product.currency)}</td>
                  <td>
                    <DateTime at={product.opens_at} none="immediately" />
                  </td>
                  <td>
                    <DateTime at={product.closes_at} none="never" />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager page={page} cursor={cursor} nothing="No products yet." />
    </>
  )
}
