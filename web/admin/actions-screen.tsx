import { useSignal } from "@preact/signals"
import type { AdminAction } from "../../client/src/admin.ts"
import { ProblemError, type ShopProduct } from "../../client/src/index.ts"
import { actionText } from "./action-texts.ts"
import { shop } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { OrderLink } from "./order-link.tsx"
import { Failure, Pager } from "./pager.tsx"
import { usePolling } from "./polling.ts"

/** The products that actions on variants were about; null: one that cannot be read, whose variants keep their ids. */
const products = new Map<number, ShopProduct | null>()

/**
 * Reads the products with the variants that actions name, each once while the page is open. A product is read again for a variant that
 * was added since; a refused action may be about one that there is not.
 */
async function readProducts(actions: readonly AdminAction[], signal: AbortSignal): Promise<void> {
  const unknown = actions.filter(({ route, path, status, product_id: id }) => {
    if (id === null || !route.includes("/variants/:variantId")) return false
    const known = products.get(id)
    if (known === undefined) return true
    const names = known?.variants?.some((variant) => path.split("/").includes(String(variant.id)))
    return known !== null && names !== true && status < 400
  })
  const ids = new Set(unknown.map(({ product_id: id }) => id ?? 0))
  await Promise.all([...ids].map((id) => readProduct(id, signal)))
}

async function readProduct(id: number, signal: AbortSignal): Promise<void> {
  const found = await shop.products.get(id, { signal }).catch((error: unknown) => {
    if (error instanceof ProblemError) return null
    throw error
  })
  products.set(id, found)
}

/** Lists all admin actions, the newest first. */
export function ActionsScreen() {
  const cursor = useSignal<string | undefined>(undefined)
  const actions = usePolling(`actions ${cursor.value}`, 5_000, async (signal) => {
    const page = await shop.actions.list({ cursor: cursor.value, limit: 50 }, { signal })
    await readProducts(page.data, signal)
    return page
  })
  const page = actions.value.value
  return (
    <>
      <h1>Activity</h1>
      <p class="muted">
        All changes made in the control room or with a token, including refused ones, and who made them.
      </p>
      <Failure text={actions.failure.value} />
      {page !== null && page.data.length > 0 && (
        <div class="scroll" role="region" aria-label="Activity" tabindex={0}>
          <table class="tabular">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Action</th>
                <th scope="col">Product</th>
                <th scope="col">Order</th>
                <th scope="col">Request id</th>
              </tr>
            </thead>
            <tbody>
              {page.data.map((action) => (
                <tr key={action.action_id} class={action.status >= 400 ? "refused" : undefined}>
                  <td>
                    <DateTime at={action.created_at} />
                  </td>
                  <td class="wide">
                    {actionText(action, products.get(action.product_id ?? 0) ?? undefined)}
                  </td>
                  <td>
                    {action.product_id !== null && (
                      <a href={`/admin/p/${action.product_id}`}>{action.product_id}</a>
                    )}
                  </td>
                  <td>{action.order_id !== null && <OrderLink id={action.order_id} />}</td>
                  <td class="muted">{action.request_id}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager page={page} cursor={cursor} />
    </>
  )
}
