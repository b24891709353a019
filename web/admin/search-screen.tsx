import { useSignal } from "@preact/signals"
import type { Refund } from "../../client/src/admin.ts"
import { priceOf } from "../shared/money.ts"
import { CancelDialog, ReleaseDialog } from "./cancel-and-release.tsx"
import { DateTime } from "./date-time.tsx"
import { Field, isReadable } from "./field.tsx"
import { readId } from "./form-values.ts"
import { find, kinds, linesText, type Found } from "./found-rows.ts"
import { OrderLink } from "./order-link.tsx"
import { statusText } from "./order-statuses.tsx"
import { Failure, Pager } from "./pager.tsx"
import { usePolling } from "./polling.ts"
import { RefundDialog, RefundLine } from "./refund-dialog.tsx"

const anyStatus = ["", "Any"] as const
const orderStatuses = ["pending_payment", "paid", "cancelled", "expired", "refunded"] as const
const holdStatuses = ["active", "converted", "expired", "released"] as const

/** Searches orders and holds by id, customer, product and status. The page's address contains the search. */
export function SearchScreen() {
  const asked = new URLSearchParams(location.search)
  const fields = {
    kind: useSignal(asked.get("kind") ?? "orders"),
    id: useSignal(asked.get("id") ?? ""),
    customer: useSignal(asked.get("customer_id") ?? ""),
    product: useSignal(asked.get("product_id") ?? ""),
    status: useSignal(asked.get("status") ?? ""),
  }
  const isHolds = fields.kind.value === "holds"

  function search(event: Event): void {
    event.preventDefault()
    if (!isReadable(event)) return
    const wanted = {
      kind: fields.kind.value,
      id: fields.id.value.trim(),
      customer_id: fields.customer.value,
      product_id: fields.product.value.trim(),
      status: fields.status.value,
    }
    const given = Object.entries(wanted).filter(([, value]) => value !== "")
    location.assign(`/admin/search?${new URLSearchParams(given).toString()}`)
  }

  const statuses = isHolds ? holdStatuses : orderStatuses
  return (
    <>
      <h1>Orders and holds</h1>
      <form class="search" role="search" onSubmit={search}>
        <Field id="kind" label="Search for" value={fields.kind} list={kinds} />
        <Field id="id" label="Id" value={fields.id} reading={readId(fields.id.value)} />
        <Field id="customer" label="Customer id (exact)" value={fields.customer} />
        <Field
          id="product"
          label="Product id"
          value={fields.product}
          reading={readId(fields.product.value)}
        />
        <Field
          id="status"
          label="Status"
          value={fields.status}
          list={[anyStatus, ...statuses.map((status) => [status, statusText(status)] as const)]}
        />
        <button type="submit" class="button primary">
          Search
        </button>
      </form>
      <Results asked={asked} />
    </>
  )
}

function Results({ asked }: { readonly asked: URLSearchParams }) {
  const cursor = useSignal<string | undefined>(undefined)
  const chosen = useSignal<Found | null>(null)
  const refund = useSignal<Refund | null>(null)
  const found = usePolling(`${asked.toString()} ${cursor.value}`, 10_000, (signal) =>
    find(asked, cursor.value, signal),
  )
  const page = found.value.value
  return (
    <>
      <Failure text={found.failure.value} />
      <RefundLine refund={refund.value} />
      {page !== null && page.data.length > 0 && (
        <div class="scroll" role="region" aria-label="Search results" tabindex={0}>
          <table class="tabular">
            <thead>
              <tr>
                <th scope="col">{asked.get("kind") === "holds" ? "Hold" : "Order"}</th>
                <th scope="col">Product</th>
                <th scope="col">Customer</th>
                <th scope="col">Status</th>
                <th scope="col" class="number">
                  Units
                </th>
                <th scope="col" class="number">
                  Total
                </th>
                <th scope="col">Created</th>
                <th scope="col">Expires</th>
                <th scope="col">
                  <span class="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {page.data.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{row.order === null ? row.id : <OrderLink id={row.id} />}</th>
                  <td>
                    <a href={`/admin/p/${row.productId}`}>{row.productId}</a>
                  </td>
                  <td>{row.customerId ?? <span class="muted">none</span>}</td>
                  <td>{statusText(row.status)}</td>
                  <td class="number">
                    {row.quantity}
                    {row.lines.length > 0 && <span class="muted details">{linesText(row.lines)}</span>}
                  </td>
                  <td class="number">
                    {row.order !== null && priceOf(row.order.total_minor, row.order.currency)}
                  </td>
                  <td>
                    <DateTime at={row.createdAt} />
                  </td>
                  <td>
                    <DateTime at={row.expiresAt} />
                  </td>
                  <td>
                    {rowActions[row.status] !== undefined && (
                      <button type="button" class="button" onClick={() => void (chosen.value = row)}>
                        {rowActions[row.status]}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager page={page} cursor={cursor} nothing="No results." />
      {chosen.value !== null && (
        <EndingDialog
          found={chosen.value}
          refunded={(made) => void (refund.value = made)}
          close={() => {
            chosen.value = null
            found.refresh()
          }}
        />
      )}
    </>
  )
}

/** The action of a row by its status; other statuses have none. */
const rowActions: Readonly<Record<string, string>> = {
  active: "Release…",
  pending_payment: "Cancel…",
  paid: "Refund…",
}

interface EndingDialogProps {
  readonly found: Found
  readonly refunded: (refund: Refund) => void
  readonly close: () => void
}

function EndingDialog({ found, refunded, close }: EndingDialogProps) {
  const { id, quantity, status, order, lines } = found
  const units = lines.length === 0 ? null : linesText(lines)
  if (order === null) return <ReleaseDialog id={id} quantity={quantity} lines={units} close={close} />
  return status === "paid" ? (
    <RefundDialog order={order} lines={lines} made={refunded} close={close} />
  ) : (
    <CancelDialog id={id} quantity={quantity} lines={units} close={close} />
  )
}
