import { useSignal } from "@preact/signals"
import type { ProductStatus } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { shop } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { may } from "./own-role.ts"
import { usePolling } from "./polling.ts"
import { Failure, Pager } from "./pager.tsx"
import { StateBadge } from "./state-badge.tsx"

const statuses: readonly (readonly [ProductStatus, string])[] = [
  ["draft", "Drafts"],
  ["listed", "Listed"],
  ["unlisted", "Unlisted"],
  ["archived", "Archived"],
]

/** Lists all products, with links to their sales. */
export function ProductsScreen() {
  const cursor = useSignal<string | undefined>(undefined)
  const status = useSignal<ProductStatus | undefined>(undefined)
  const products = usePolling(`products ${cursor.value} ${status.value}`, 3_000, (signal) =>
    shop.products.list({ cursor: cursor.value, status: status.value, limit: 50 }, { signal }),
  )
  function choose(next: string): void {
    cursor.value = undefined
    status.value = statuses.find(([value]) => value === next)?.[0]
  }
  const page = products.value.value
  return (
    <>
      <div class="heading">
        <h1>Products</h1>
        {may("manager") && (
          <a class="button primary" href="/admin/new">
            New product
          </a>
        )}
      </div>
      <div class="entry status-filter">
        <label for="status">Show</label>
        <select
          class="field"
          id="status"
          value={status.value ?? ""}
          onInput={(event) => choose(event.currentTarget.value)}
        >
          <option value="">All products</option>
          {statuses.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
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
                    <StateBadge state={product.sale_state} status={product.status} />
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
      <Pager
        page={page}
        cursor={cursor}
        nothing={status.value === undefined ? "No products yet." : "No such products."}
      />
    </>
  )
}
