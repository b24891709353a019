import { useSignal } from "@preact/signals"
import type { MoneyAction, MoneyInboxEntry } from "../../client/src/admin.ts"
import { priceOf } from "../shared/money.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Moment } from "./moments.tsx"
import { Failure, Pager } from "./parts.tsx"
import { usePolled } from "./polled.ts"

const names: Readonly<Record<MoneyInboxEntry["kind"], string>> = {
  payment_without_order: "Payment without an order",
  refund: "Refund",
  dispute: "Dispute",
}

const deeds: Readonly<Record<MoneyAction["name"], readonly [string, string]>> = {
  retry: ["Send it once more", "The provider is asked to send the money back once more."],
  confirm: [
    "Note that it is back",
    "By your word alone the refund counts as done. Doorbuster sends nothing: the money must have gone back already.",
  ],
  returned: [
    "Note that it was sent back",
    "By your word alone the payment counts as sent back, and pays no order from then on. Doorbuster sends nothing.",
  ],
  won: ["Note that it is won", "The money is the shop's again."],
  lost: ["Note that it is lost", "The money is gone for good. That is the last word on this dispute."],
}

/** Money that somebody may have to look after, with why and what can be done. */
export function MoneyScreen() {
  const cursor = useSignal<string | undefined>(undefined)
  const chosen = useSignal<{ readonly entry: MoneyInboxEntry; readonly name: MoneyAction["name"] } | null>(
    null,
  )
  const inbox = usePolled(`money ${cursor.value}`, 5_000, (signal) =>
    shop.money.list({ cursor: cursor.value, limit: 50 }, { signal }),
  )
  const page = inbox.value.value
  return (
    <>
      <h1>Money inbox</h1>
      <p class="muted">
        Money that came and pays no order, refunds that are not back yet, and disputes that are open. To give
        the money of a paid order back, <a href="/admin/search">look for the order</a>.
      </p>
      <Failure text={inbox.failure.value} />
      <ul class="entries">
        {page?.data.map((entry) => (
          <li key={nameOf(entry)} class="entry-card">
            <h2>
              {names[entry.kind]} {nameOf(entry)}
            </h2>
            <p class="amount figures">{amountOf(entry)}</p>
            <p class="why">{entry.why}</p>
            <p class="muted small figures">
              Order {subjectOf(entry)?.order_id ?? "unknown"}, {subjectOf(entry)?.provider}, since{" "}
              <Moment at={sinceOf(entry)} />
            </p>
            <div class="buttons">
              {entry.actions.map(({ name }) => (
                <button
                  key={name}
                  type="button"
                  class="button"
                  onClick={() => void (chosen.value = { entry, name })}
                >
                  {deeds[name][0]}…
                </button>
              ))}
            </div>
          </li>
        ))}
      </ul>
      <Pager page={page} cursor={cursor} nothing="Nothing to look after." />
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

interface ActDialogProps {
  readonly entry: MoneyInboxEntry
  readonly name: MoneyAction["name"]
  readonly close: () => void
}

function ActDialog({ entry, name, close }: ActDialogProps) {
  const [deed, consequence] = deeds[name]
  return (
    <Dialog
      title={`${deed}: ${nameOf(entry)}?`}
      action={deed}
      hurts={name !== "retry"}
      run={() => act(entry, name)}
      close={close}
    >
      <p class="amount figures">{amountOf(entry)}</p>
      <p>{consequence}</p>
    </Dialog>
  )
}

async function act(
  { payment_event, refund, dispute }: MoneyInboxEntry,
  name: MoneyAction["name"],
): Promise<unknown> {
  if (refund !== null && (name === "retry" || name === "confirm")) return shop.refunds[name](refund.refund_id)
  if (dispute !== null && (name === "won" || name === "lost")) {
    const { provider, dispute_id } = dispute
    return shop.disputes[name](dispute.order_id, { provider, dispute_id })
  }
  if (payment_event !== null && name === "returned") {
    const { provider, key } = payment_event
    return shop.money.returned({ provider, key })
  }
  throw new Error(`An entry that cannot be "${name}"`)
}

function subjectOf({ payment_event, refund, dispute }: MoneyInboxEntry) {
  return payment_event ?? refund ?? dispute
}

function nameOf({ payment_event, refund, dispute }: MoneyInboxEntry): string {
  return payment_event?.key ?? refund?.refund_id ?? dispute?.dispute_id ?? ""
}

function sinceOf({ payment_event, refund, dispute }: MoneyInboxEntry) {
  return payment_event?.received_at ?? refund?.created_at ?? dispute?.created_at ?? null
}

function amountOf(entry: MoneyInboxEntry): string {
  const { amount_minor: minor = null, currency = null } = subjectOf(entry) ?? {}
  return minor === null || currency === null ? "An amount that nobody named" : priceOf(minor, currency)
}
