import { useSignal } from "@preact/signals"
import { actionText } from "./action-texts.ts"
import { shop } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { OrderLink } from "./order-link.tsx"
import { Failure, Pager } from "./pager.tsx"
import { usePolling } from "./polling.ts"

/** Lists all admin actions, the newest first. */
export function ActionsScreen() {
  const cursor = useSignal<string | undefined>(undefined)
  const actions = usePolling(`actions ${cursor.value}`, 5_000, (signal) =>
    shop.actions.list({ cursor: cursor.value, limit: 50 }, { signal }),
  )
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
                  <td class="wide">{actionText(action)}</td>
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
