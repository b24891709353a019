import { useSignal, type Signal } from "@preact/signals"
import { useEffect, useMemo } from "preact/hooks"
import type { Refund } from "../../client/src/admin.ts"
import { priceOf } from "../shared/money.ts"
import { readAsked, rememberAsked } from "./asked-search.ts"
import { CancelDialog, ReleaseDialog } from "./cancel-and-release.tsx"
import { DateTime } from "./date-time.tsx"
import { fieldText } from "./dates.ts"
import { EraseDialog } from "./erase-dialog.tsx"
import { Field, isReadable } from "./field.tsx"
import { readId, readTime, valueOrNull } from "./form-values.ts"
import { find, kinds, linesText, type Found } from "./found-rows.ts"
import { OrderLink } from "./order-link.tsx"
import { statusText } from "./order-statuses.tsx"
import { may } from "./own-role.ts"
import { Failure, Pager } from "./pager.tsx"
import { usePolling } from "./polling.ts"
import { RefundDialog, RefundLine } from "./refund-dialog.tsx"

const anyStatus = ["", "Any"] as const
const orderStatuses = ["pending_payment", "paid", "cancelled", "expired", "refunded"] as const
const holdStatuses = ["active", "converted", "expired", "released"] as const

/** Searches orders, the newest first, and holds. The page's address has the search, except for what says who a buyer is. */
export function SearchScreen() {
  const asked = useSignal(useMemo(readAsked, []))
  // Counts the ways back and forth in the browser's history, after which the fields say something else.
  const returns = useSignal(0)
  useEffect(() => {
    const back = () => {
      asked.value = readAsked()
      returns.value += 1
    }
    addEventListener("popstate", back)
    return () => removeEventListener("popstate", back)
  }, [asked, returns])
  function search(wanted: URLSearchParams): void {
    rememberAsked(wanted)
    asked.value = wanted
  }
  return (
    <>
      <h1>Orders and holds</h1>
      <SearchForm key={returns.value} asked={asked.value} search={search} />
      <Results key={asked.value.toString()} asked={asked.value} />
    </>
  )
}

interface SearchFormProps {
  /** What the fields contain at first. */
  readonly asked: URLSearchParams
  readonly search: (wanted: URLSearchParams) => void
}

function SearchForm({ asked, search }: SearchFormProps) {
  const fields = {
    kind: useSignal(asked.get("kind") ?? "orders"),
    id: useSignal(asked.get("id") ?? ""),
    customer: useSignal(asked.get("customer_id") ?? ""),
    product: useSignal(asked.get("product_id") ?? ""),
    status: useSignal(asked.get("status") ?? ""),
    email: useSignal(asked.get("email") ?? ""),
    name: useSignal(asked.get("name") ?? ""),
    reference: useSignal(asked.get("reference") ?? ""),
    payment: useSignal(asked.get("payment_id") ?? ""),
    from: useSignal(localField(asked.get("from"))),
    to: useSignal(localField(asked.get("to"))),
  }
  const isHolds = fields.kind.value === "holds"

  function submit(event: Event): void {
    event.preventDefault()
    if (!isReadable(event)) return
    const ofOrders = {
      email: fields.email.value.trim(),
      name: fields.name.value.trim(),
      payment_id: fields.payment.value.trim(),
      from: valueOrNull(readTime(fields.from.value)) ?? "",
      to: valueOrNull(readTime(fields.to.value)) ?? "",
    }
    const wanted = {
      kind: fields.kind.value,
      id: fields.id.value.trim(),
      customer_id: fields.customer.value,
      product_id: fields.product.value.trim(),
      status: fields.status.value,
      reference: fields.reference.value,
      ...(!isHolds && ofOrders),
    }
    const given = Object.entries(wanted).filter(([, value]) => value !== "")
    search(new URLSearchParams(given))
  }

  const statuses = isHolds ? holdStatuses : orderStatuses
  return (
    <form class="search" role="search" onSubmit={submit}>
      <Field id="kind" label="Search for" value={fields.kind} list={kinds} />
      <Field id="id" label="Id" value={fields.id} reading={readId(fields.id.value)} />
      <Field id="customer" label="Customer id (exact)" value={fields.customer} />
      <Field id="product" label="Product id" value={fields.product} reading={readId(fields.product.value)} />
      <Field
        id="status"
        label="Status"
        value={fields.status}
        list={[anyStatus, ...statuses.map((status) => [status, statusText(status)] as const)]}
      />
      <Field id="reference" label="Your reference (exact)" value={fields.reference} />
      {!isHolds && <OrderFields fields={fields} />}
      <button type="submit" class="button primary">
        Search
      </button>
    </form>
  )
}

/** The value of a field for the time in the page's address; empty where the address was edited by hand. */
function localField(time: string | null): string {
  return time === null || Number.isNaN(Date.parse(time)) ? "" : fieldText(time)
}

interface OrderFieldsProps {
  readonly fields: Readonly<Record<"email" | "name" | "payment" | "from" | "to", Signal<string>>>
}

/** The fields of what only orders have. */
function OrderFields({ fields }: OrderFieldsProps) {
  return (
    <>
      <Field id="email" label="Buyer's e-mail" value={fields.email} />
      <Field id="name" label="Buyer's name" value={fields.name} />
      <Field id="payment" label="Payment id (exact)" value={fields.payment} />
      <Field
        id="from"
        label="Ordered from (your time)"
        type="datetime-local"
        value={fields.from}
        reading={readTime(fields.from.value)}
      />
      <Field
        id="to"
        label="Ordered before (your time)"
        type="datetime-local"
        value={fields.to}
        reading={readTime(fields.to.value)}
      />
    </>
  )
}

function Results({ asked }: { readonly asked: URLSearchParams }) {
  const cursor = useSignal<string | undefined>(undefined)
  const chosen = useSignal<Found | null>(null)
  const refund = useSignal<Refund | null>(null)
  const isErasing = useSignal(false)
  const erased = useSignal<number | null>(null)
  const found = usePolling(`${asked.toString()} ${cursor.value}`, 10_000, (signal) =>
    find(asked, cursor.value, signal),
  )
  const page = found.value.value
  return (
    <>
      <p class="links">
        <a href="/api/admin/orders.csv">Download all orders as CSV</a>
        {may("owner") && (
          <button type="button" class="button" onClick={() => void (isErasing.value = true)}>
            Erase a buyer's details…
          </button>
        )}
      </p>
      <p role="status">{erasedText(erased.value)}</p>
      <Failure text={found.failure.value} />
      <RefundLine refund={refund.value} />
      {page !== null && page.data.length > 0 && (
        <div class="scroll" role="region" aria-label="Search results" tabindex={0}>
          <table class="tabular">
            <thead>
              <tr>
                <th scope="col">{asked.get("kind") === "holds" ? "Hold" : "Order"}</th>
                <th scope="col">Product</th>
                <th scope="col">Buyer</th>
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
                    <a href={`/admin/p/${row.productId}`}>
                      <bdi>{row.productName ?? row.productId}</bdi>
                    </a>
                    {row.productName !== null && <span class="muted details">product {row.productId}</span>}
                  </td>
                  <td>
                    <bdi>{row.customerId ?? row.order?.details?.name ?? <span class="muted">none</span>}</bdi>
                    {row.order?.details?.email != null && (
                      <span class="muted details">{row.order.details.email}</span>
                    )}
                  </td>
                  <td>
                    {statusText(row.status)}
                    {row.status === "paid" && row.order?.refunded_minor !== undefined && (
                      <span class="muted details">
                        {priceOf(row.order.refunded_minor, row.order.currency)} refunded
                      </span>
                    )}
                  </td>
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
                  <td>{canExpire(row) && <DateTime at={row.expiresAt} />}</td>
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
      {isErasing.value && (
        <EraseDialog
          email={asked.get("email") ?? ""}
          customerId={asked.get("customer_id") ?? ""}
          erased={(orders) => void (erased.value = orders)}
          close={() => {
            isErasing.value = false
            found.refresh()
          }}
        />
      )}
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

/** Whether the time of expiry says anything: a paid order and a hold that became an order have none any more. */
function canExpire({ status }: Found): boolean {
  return status === "pending_payment" || status === "active" || status === "expired"
}

function erasedText(orders: number | null): string {
  if (orders === null) return ""
  if (orders === 0) return "No order has details of this buyer."
  return `The details of this buyer were erased from ${orders === 1 ? "1 order" : `${orders} orders`}.`
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
