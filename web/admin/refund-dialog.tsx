import { useSignal } from "@preact/signals"
import type { Refund } from "../../client/src/admin.ts"
import { ProblemError, type Order } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { readPrice, readWhole, requiredValue, valueOrNull } from "./form-values.ts"
import { usePolling } from "./polling.ts"
import { PriceField } from "./price-field.tsx"
import { unitsOf } from "../shared/unit-texts.ts"

export interface RefundDialogProps {
  readonly order: Order
  /** Called with the refund that was created. */
  readonly made: (refund: Refund) => void
  readonly close: () => void
}

/** Asks for the amount of a paid order to refund and the number of its units to restock. */
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
  const asked = readPrice(amount.value, currency)
  const minor = asked.kind === "value" ? asked.value : asked.kind === "empty" ? left : null
  const restock = readWhole(units.value, 0)

  async function run(): Promise<void> {
    const restockQty = requiredValue(restock, "The number of units to restock")
    // Null means all that is left, so only an empty field becomes null.
    const body = { amount_minor: valueOrNull(asked), restock_qty: restockQty }
    try {
      made(await shop.orders.refund(id, body))
    } catch (error) {
      known.refresh()
      throw inPrices(error, currency)
    }
  }

  return (
    <Dialog title={`Refund order ${id}?`} action="Refund" danger run={run} close={close}>
      <RefundList refunds={known.value.value?.refunds ?? []} />
      <PriceField
        id="amount"
        label="Amount"
        value={amount}
        currency={currency}
        empty={leftText(left, priceOf(order.total_minor, currency), currency)}
      />
      <Field
        id="restock"
        label="Units to restock"
        type="number"
        min={0}
        value={units}
        required
        reading={restock}
        hint={`At most ${order.quantity - order.restocked_qty}. Restocked units can be bought at once`}
      />
      <p class="tabular">
        {minor !== null && `${priceOf(minor, currency)} will be refunded to the buyer. `}
        Doorbuster asks the payment provider within seconds. If the provider takes no refunds from Doorbuster,
        the refund waits in the money inbox until you confirm it. This cannot be undone.
      </p>
    </Dialog>
  )
}

function leftText(left: number | null, total: string, currency: string): string {
  if (left === null) return `Empty: all that is left of ${total}`
  return left === 0
    ? `Nothing of ${total} is left to refund`
    : `Empty: all that is left, ${priceOf(left, currency)} of ${total}`
}

const statusTexts: Readonly<Record<Refund["status"], string>> = {
  due: "waiting to be sent",
  sent: "sent to the provider",
  confirmed: "completed",
  failed: "failed",
  withheld: "withheld, because of a dispute",
}

function RefundList({ refunds }: { readonly refunds: readonly Refund[] }) {
  if (refunds.length === 0) return null
  return (
    <ul class="tabular" aria-label="Earlier refunds">
      {refunds.map(({ refund_id, amount_minor, currency, status }) => (
        <li key={refund_id}>
          Refund {refund_id}: {priceOf(amount_minor, currency)}, {statusTexts[status]}
        </li>
      ))}
    </ul>
  )
}

/** The refund that was just created, and where to follow it. */
export function RefundLine({ refund }: { readonly refund: Refund | null }) {
  return (
    <p class="tabular" role="status">
      {refund !== null && (
        <>
          {madeText(refund)}{" "}
          {refund.status !== "confirmed" && (
            <>
              Until it is completed, it is in the <a href="/admin/money">money inbox</a>.
            </>
          )}
        </>
      )}
    </p>
  )
}

function madeText({ refund_id, order_id, amount_minor, currency, restock_qty }: Refund): string {
  const parts = [
    amount_minor === 0 ? null : `${priceOf(amount_minor, currency)} to refund`,
    restock_qty === 0 ? null : `${unitsOf(restock_qty)} restocked`,
  ].filter((part) => part !== null)
  return `Refund ${refund_id} of order ${order_id}: ${parts.join(", ")}.`
}

/** Rewrites a refusal that names an amount in minor units so that it names a price. */
function inPrices(error: unknown, currency: string): unknown {
  if (!(error instanceof ProblemError)) return error
  const { problem } = error
  if (problem.code !== "refund_over_payment" && problem.code !== "payment_disputed") return error
  return new Error(`At most ${priceOf(problem.refundable_minor, currency)} can be refunded.`)
}
