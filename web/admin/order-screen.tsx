import { useSignal } from "@preact/signals"
import type { Refund, ShopLanguage, WholeOrder } from "../../client/src/admin.ts"
import { priceOf } from "../shared/money.ts"
import { unitsOf } from "../shared/unit-texts.ts"
import { shop } from "./api.ts"
import { CancelDialog } from "./cancel-and-release.tsx"
import { DateTime } from "./date-time.tsx"
import { DetailsDialog } from "./details-dialog.tsx"
import { linesText, type FoundLine } from "./found-rows.ts"
import { BuyerPart, GoodsTable } from "./order-goods.tsx"
import { MailsTable } from "./order-mails.tsx"
import { DeliveriesTable, DisputesTable, PaymentsTable, RefundsTable } from "./order-money.tsx"
import { OrderStatusBadge } from "./order-statuses.tsx"
import { Failure } from "./pager.tsx"
import { usePolling } from "./polling.ts"
import { RefundDialog, RefundLine } from "./refund-dialog.tsx"
import { languageNames } from "./shop-values.ts"
import { timelineText } from "./timeline-texts.ts"

/** One order with everything that is known of it, and what the shop can do with it. */
export function OrderScreen({ orderId }: { readonly orderId: number }) {
  const read = usePolling(`order ${orderId}`, 5_000, (signal) => shop.orders.get(orderId, { signal }))
  const whole = read.value.value
  if (whole === null) {
    return (
      <>
        <h1>Order {orderId}</h1>
        {read.failure.value === null ? <p class="muted">Loading…</p> : <Failure text={read.failure.value} />}
      </>
    )
  }
  return <LoadedOrder whole={whole} failure={read.failure.value} refresh={read.refresh} />
}

interface LoadedOrderProps {
  readonly whole: WholeOrder
  /** Why the last read failed; null: it did not. */
  readonly failure: string | null
  readonly refresh: () => void
}

function LoadedOrder({ whole, failure, refresh }: LoadedOrderProps) {
  const { order, product } = whole
  const opened = useSignal<"refund" | "cancel" | "details" | null>(null)
  const refund = useSignal<Refund | null>(null)
  const lines = foundLines(whole)
  const close = () => {
    opened.value = null
    refresh()
  }
  return (
    <>
      <div class="heading">
        <h1>Order {order.order_id}</h1>
        <OrderStatusBadge status={order.status} />
      </div>
      <p class="muted tabular">
        {unitsOf(order.quantity)} of <a href={`/admin/p/${product.id}`}>{product.name}</a> for{" "}
        {priceOf(order.total_minor, order.currency)}
      </p>
      <Failure text={failure} />
      <div class="buttons">
        {order.status === "paid" && (
          <button type="button" class="button" onClick={() => void (opened.value = "refund")}>
            Refund…
          </button>
        )}
        {order.status === "pending_payment" && (
          <button type="button" class="button" onClick={() => void (opened.value = "cancel")}>
            Cancel…
          </button>
        )}
        {(product.collect !== undefined || order.details !== undefined) && (
          <button type="button" class="button" onClick={() => void (opened.value = "details")}>
            Change details…
          </button>
        )}
      </div>
      <RefundLine refund={isCompleted(refund.value, whole) ? null : refund.value} />
      <div class="columns">
        <div class="stack">
          <GoodsTable whole={whole} />
          <BuyerPart whole={whole} />
          <Facts whole={whole} />
        </div>
        <Timeline whole={whole} />
      </div>
      <PaymentsTable whole={whole} />
      <RefundsTable refunds={whole.refunds} />
      <DisputesTable disputes={whole.disputes} />
      <MailsTable orderId={order.order_id} mails={whole.mails} refresh={refresh} />
      <DeliveriesTable events={whole.outgoing_events} />
      {opened.value === "refund" && (
        <RefundDialog order={order} lines={lines} made={(made) => void (refund.value = made)} close={close} />
      )}
      {opened.value === "details" && <DetailsDialog whole={whole} close={close} />}
      {opened.value === "cancel" && (
        <CancelDialog
          id={order.order_id}
          quantity={order.quantity}
          lines={lines.length === 0 ? null : linesText(lines)}
          close={close}
        />
      )}
    </>
  )
}

/** The line about a new refund sends the operator to the money inbox, where a completed one is not. */
function isCompleted(refund: Refund | null, { refunds }: WholeOrder): boolean {
  return refunds.some(({ refund_id, status }) => refund_id === refund?.refund_id && status === "confirmed")
}

/** The lines for the dialogs; none for a product without variants. */
function foundLines({ order }: WholeOrder): readonly FoundLine[] {
  return (order.lines ?? []).map(({ variant_id, name, quantity, restocked_qty }) => ({
    variantId: variant_id,
    name,
    quantity,
    restockable: quantity - restocked_qty,
  }))
}

function Facts({ whole: { order } }: { readonly whole: WholeOrder }) {
  const isWaiting = order.status === "pending_payment"
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">Order</h2>
      <dl class="facts tabular">
        <dt>Created</dt>
        <dd>
          <DateTime at={order.created_at} />
        </dd>
        <dt>{isWaiting ? "Expires" : "Paid"}</dt>
        <dd>
          <DateTime at={isWaiting ? order.expires_at : order.paid_at} none="not paid" />
        </dd>
        <dt>Hold</dt>
        <dd>
          <a href={`/admin/search?kind=holds&id=${order.hold_id}`}>{order.hold_id}</a>
        </dd>
        {/* A payment that was reported without having been started here is none of them. */}
        {(order.payment_attempts > 0 || order.paid_at === null) && (
          <>
            <dt>Payments started</dt>
            <dd>{order.payment_attempts}</dd>
          </>
        )}
        {order.language !== undefined && (
          <>
            <dt>Buyer's language</dt>
            <dd>{languageText(order.language)}</dd>
          </>
        )}
        {order.restocked_qty > 0 && (
          <>
            <dt>Back on sale</dt>
            <dd>{unitsOf(order.restocked_qty)}</dd>
          </>
        )}
      </dl>
    </section>
  )
}

/** The name of a language that pages come in; of another one, its tag. */
function languageText(tag: string) {
  const [code = ""] = tag.split("-")
  return Object.hasOwn(languageNames, code) ? (
    <bdi lang={code}>{languageNames[code as ShopLanguage]}</bdi>
  ) : (
    tag
  )
}

function Timeline({ whole }: { readonly whole: WholeOrder }) {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol class="timeline tabular">
        {whole.timeline.map((entry) => (
          <li key={`${entry.at} ${entry.what} ${entry.of}`} class={entry.what}>
            <span class="muted small">
              <DateTime at={entry.at} />
            </span>
            <span>{timelineText(entry, whole)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
