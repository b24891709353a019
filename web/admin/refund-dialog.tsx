import { useSignal } from "@preact/signals"
import type { Refund } from "../../client/src/admin.ts"
import { ProblemError, type Order } from "../../client/src/index.ts"
import { minorIn, priceOf } from "../shared/money.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { usePolling } from "./polling.ts"
import { PriceField } from "./price-field.tsx"
import { areFor, unitsOf } from "../shared/unit-texts.ts"

export interface RefundDialogProps {
  readonly order: Order
  /** What was asked for. */
  readonly made: (refund: Refund) => void
  readonly close: () => void
}

/** Gives money of a paid order back, or its units, or both. */
export function RefundDialog({ order, made, close }: RefundDialogProps) {
  const { order_id: id, currency } = order
  const amount = useSignal("")
  const units = useSignal("0")
  const known = usePolling(`refunds ${id}`, 10_000, async (signal) => {
    const payments = await shop.payments.list({ order_id: id, allocation: "order" }, { signal })
    const refunds = await shop.orders.refunds(id, { signal })
    return { payment: payments.data[0] ?? null, refunds: refunds.data }
  })
  const payment = known.value.value?.payment ?? null
  const left = payment && payment.amount_minor - payment.refunded_minor - payment.disputed_minor
  const isAll = amount.value.trim() === ""
  const minor = isAll ? left : minorIn(amount.value, currency)

  async function run(): Promise<void> {
    if (!isAll && minor === null) throw new Error("The amount cannot be read. Nothing was given back.")
    const body = { amount_minor: isAll ? null : minor, restock_qty: Number(units.value) }
    try {
      made(await shop.orders.refund(id, body))
    } catch (error) {
      known.refresh()
      throw inPrices(error, currency)
    }
  }

  return (
    <Dialog title={`Refund order ${id}?`} action="Refund" hurts run={run} close={close}>
      <RefundList refunds={known.value.value?.refunds ?? []} />
      <PriceField
        id="amount"
        label="Money"
        value={amount}
        currency={currency}
        empty={leftText(left, priceOf(order.total_minor, currency), currency)}
      />
      <Field
        id="restock"
        label="Units to put on offer again"
        type="number"
        min={0}
        value={units}
        hint={`Of ${order.quantity - order.restocked_qty}. They can be bought at once`}
      />
      <p class="figures">
        {minor !== null && `${priceOf(minor, currency)} goes back to the buyer. `}
        Where a provider can be asked, it is asked within seconds; otherwise the refund waits in the money
        inbox for your word. It cannot be taken back.
      </p>
    </Dialog>
  )
}

function leftText(left: number | null, total: string, currency: string): string {
  if (left === null) return `Empty: all that is left of ${total}`
  return left === 0
    ? `Nothing is left of ${total}`
    : `Empty: all that is left, ${priceOf(left, currency)} of ${total}`
}

const statusTexts: Readonly<Record<Refund["status"], string>> = {
  due: "waits to be sent",
  sent: "is on its way",
  confirmed: "is back",
  failed: "has failed",
}

function RefundList({ refunds }: { readonly refunds: readonly Refund[] }) {
  if (refunds.length === 0) return null
  return (
    <ul class="figures" aria-label="Refunds that were made already">
      {refunds.map(({ refund_id, amount_minor, currency, status }) => (
        <li key={refund_id}>
          Refund {refund_id}: {priceOf(amount_minor, currency)} {statusTexts[status]}
        </li>
      ))}
    </ul>
  )
}

/** What was asked for a moment ago, and where it stands until it is back. */
export function RefundLine({ refund }: { readonly refund: Refund | null }) {
  return (
    <p class="figures" role="status">
      {refund !== null && (
        <>
          {madeText(refund)}{" "}
          {refund.status !== "confirmed" && (
            <>
              Until it is back, it is in the <a href="/admin/money">money inbox</a>.
            </>
          )}
        </>
      )}
    </p>
  )
}

function madeText({ refund_id, order_id, amount_minor, currency, restock_qty }: Refund): string {
  const parts = [
    amount_minor === 0 ? null : `${priceOf(amount_minor, currency)} goes back`,
    restock_qty === 0 ? null : `${unitsOf(restock_qty)} ${areFor(restock_qty)} on offer again`,
  ].filter((part) => part !== null)
  return `Refund ${refund_id} of order ${order_id}: ${parts.join(", ")}.`
}

/** A refusal that names an amount, with the amount as people write it. */
function inPrices(error: unknown, currency: string): unknown {
  if (!(error instanceof ProblemError)) return error
  const { problem } = error
  if (problem.code !== "refund_over_payment" && problem.code !== "payment_disputed") return error
  return new Error(`${problem.title}: ${priceOf(problem.refundable_minor, currency)} can go back.`)
}
