import { useSignal } from "@preact/signals"
import type { MoneyAction, MoneyInboxEntry } from "../../client/src/admin.ts"
import { priceOf } from "../shared/money.ts"
import { shop } from "./api.ts"
import { missingText } from "./detail-texts.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { readId, requiredValue, type Reading } from "./form-values.ts"
import { OrderLink } from "./order-link.tsx"
import { Failure, Pager } from "./pager.tsx"
import { DateTime } from "./date-time.tsx"
import { usePolling } from "./polling.ts"

const names: Readonly<Record<MoneyInboxEntry["kind"], string>> = {
  payment_without_order: "Payment without an order",
  refund: "Refund",
  dispute: "Dispute",
  details_missing: "Missing details of order",
}

const actionTexts: Readonly<Record<MoneyAction["name"], readonly [string, string]>> = {
  retry: ["Retry the refund", "The provider is asked again to refund the payment."],
  confirm: [
    "Mark as refunded",
    "The refund counts as completed. Doorbuster does not contact the provider: the buyer must already have the money.",
  ],
  assign: [
    "Assign to an order",
    "The payment is applied as if it had named this order: it pays the order, or it is refunded if it is too small, in another currency or too late, or if the order is already paid.",
  ],
  returned: [
    "Mark as returned",
    "The payment counts as returned and can no longer pay an order. Doorbuster does not contact the provider: you must have sent the money back already.",
  ],
  won: ["Mark as won", "The dispute is closed, and the money stays with the shop."],
  lost: ["Mark as lost", "The dispute is closed, and the buyer keeps the money. This cannot be undone."],
}

/** Lists payments, refunds and disputes that may need an operator, with the reason and the possible actions. */
export function MoneyScreen() {
  const cursor = useSignal<string | undefined>(undefined)
  const chosen = useSignal<{ readonly entry: MoneyInboxEntry; readonly name: MoneyAction["name"] } | null>(
    null,
  )
  const inbox = usePolling(`money ${cursor.value}`, 5_000, (signal) =>
    shop.money.list({ cursor: cursor.value, limit: 50 }, { signal }),
  )
  const page = inbox.value.value
  return (
    <>
      <h1>Money inbox</h1>
      <p class="muted">
        Payments without an order, refunds that are not completed yet, open disputes, and paid orders that
        lack details of their buyer. To refund a paid order, <a href="/admin/search">search for the order</a>.
      </p>
      <Failure text={inbox.failure.value} />
      <ul class="entries">
        {page?.data.map((entry) => (
          <li key={nameOf(entry)} class="entry-card">
            <h2>
              {names[entry.kind]} {nameOf(entry)}
            </h2>
            <p class="amount tabular">{amountOf(entry)}</p>
            <p class="reason">{entry.why}</p>
            {entry.order !== undefined && (
              <p class="warning">Still missing: {missingText(entry.order.missing_details ?? [])}.</p>
            )}
            <p class="muted small tabular">
              Order <OrderOf entry={entry} />
              {subjectOf(entry) !== null && `, ${subjectOf(entry)?.provider}`}, since{" "}
              <DateTime at={sinceOf(entry)} />
            </p>
            <KeptMessage text={entry.payment_event?.message ?? null} />
            <div class="buttons">
              {entry.actions.map(({ name }) => (
                <button
                  key={name}
                  type="button"
                  class="button"
                  onClick={() => void (chosen.value = { entry, name })}
                >
                  {actionTexts[name][0]}…
                </button>
              ))}
            </div>
          </li>
        ))}
      </ul>
      <Pager page={page} cursor={cursor} nothing="The money inbox is empty." />
      {chosen.value !== null && (
        <ActDialog
          {...chosen.value}
          close={() => {
            chosen.value = null
            inbox.refresh()
          }}
        />
      )}
    </>
  )
}

/** A payment without an order names one that does not exist, so it has no page. */
function OrderOf({ entry }: { readonly entry: MoneyInboxEntry }) {
  const id = subjectOf(entry)?.order_id ?? entry.order?.order_id ?? null
  if (id === null) return <>unknown</>
  return entry.kind === "payment_without_order" ? <>{id}</> : <OrderLink id={id} />
}

/** The message that a provider sent, where it says more than the entry. */
function KeptMessage({ text }: { readonly text: string | null }) {
  if (text === null) return null
  return (
    <details>
      <summary>Message from the provider</summary>
      <pre class="small kept-message">{text}</pre>
    </details>
  )
}

interface ActDialogProps {
  readonly entry: MoneyInboxEntry
  readonly name: MoneyAction["name"]
  readonly close: () => void
}

function ActDialog({ entry, name, close }: ActDialogProps) {
  const [action, consequence] = actionTexts[name]
  const orderId = useSignal("")
  const reading = readId(orderId.value)
  return (
    <Dialog
      title={`${action}: ${nameOf(entry)}?`}
      action={action}
      danger={name !== "retry"}
      run={() => act(entry, name, reading)}
      close={close}
    >
      <p class="amount tabular">{amountOf(entry)}</p>
      <p>{consequence}</p>
      {name === "assign" && (
        <Field id="assign-order" label="Order number" value={orderId} reading={reading} required />
      )}
    </Dialog>
  )
}

async function act(
  { payment_event, refund, dispute }: MoneyInboxEntry,
  name: MoneyAction["name"],
  orderId: Reading<number>,
): Promise<unknown> {
  if (refund !== null && (name === "retry" || name === "confirm")) return shop.refunds[name](refund.refund_id)
  if (dispute !== null && (name === "won" || name === "lost")) {
    const { provider, dispute_id } = dispute
    return shop.disputes[name](dispute.order_id, { provider, dispute_id })
  }
  if (payment_event !== null && name === "assign") {
    const { provider, key } = payment_event
    return shop.money.assign({ provider, key, order_id: requiredValue(orderId, "The order number") })
  }
  if (payment_event !== null && name === "returned") {
    const { provider, key } = payment_event
    return shop.money.returned({ provider, key })
  }
  throw new Error(`This entry does not allow the action "${name}"`)
}

function subjectOf({ payment_event, refund, dispute }: MoneyInboxEntry) {
  return payment_event ?? refund ?? dispute
}

function nameOf({ payment_event, refund, dispute, order }: MoneyInboxEntry): string {
  return payment_event?.key ?? refund?.refund_id ?? dispute?.dispute_id ?? String(order?.order_id ?? "")
}

function sinceOf({ payment_event, refund, dispute, order }: MoneyInboxEntry) {
  return payment_event?.received_at ?? refund?.created_at ?? dispute?.created_at ?? order?.paid_at ?? null
}

function amountOf(entry: MoneyInboxEntry): string {
  if (entry.order !== undefined) return priceOf(entry.order.total_minor, entry.order.currency)
  const { amount_minor: minor = null, currency = null } = subjectOf(entry) ?? {}
  return minor === null || currency === null ? "Amount unknown" : priceOf(minor, currency)
}
