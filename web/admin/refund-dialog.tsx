import { signal, useSignal } from "@preact/signals"
import type { Refund, RefundBody } from "../../client/src/admin.ts"
import { ProblemError, type Order } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import type { FoundLine } from "./found-rows.ts"
import { readPrice, readWhole, requiredValue, valueOrNull } from "./form-values.ts"
import { usePolling } from "./polling.ts"
import { PriceField } from "./price-field.tsx"
import { unitsOf } from "../shared/unit-texts.ts"

export interface RefundDialogProps {
  readonly order: Order
  /** Its units by variant; none for a product without variants. */
  readonly lines: readonly FoundLine[]
  /** Called with the refund that was created. */
  readonly made: (refund: Refund) => void
  readonly close: () => void
}

/** Asks for the amount of a paid order to refund and the number of its units to restock. */
export function RefundDialog({ order, lines, made, close }: RefundDialogProps) {
  const { order_id: id, currency } = order
  const amount = useSignal("")
  const units = useSignal("0")
  const lineUnits = useSignal(lines.map((line) => ({ ...line, units: signal("0") }))).value
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

  /** Only lines with units are sent; a line without any is not restocked. */
  function restocked(): Pick<RefundBody, "restock_qty" | "restock_lines"> {
    const name = "The number of units to restock"
    if (lines.length === 0) return { restock_qty: requiredValue(restock, name) }
    const wanted = lineUnits
      .map(({ variantId, units: value, ...line }) => ({
        ...line,
        variant_id: variantId,
        qty: requiredValue(readWhole(value.value, 0), name),
      }))
      .filter(({ qty }) => qty > 0)
    // The server's refusal does not name the line.
    const over = wanted.find(({ qty, restockable }) => qty > restockable)
    if (over !== undefined)
      throw new Error(`At most ${unitsOf(over.restockable)} of ${over.name} can be restocked.`)
    return wanted.length === 0
      ? {}
      : { restock_lines: wanted.map(({ variant_id, qty }) => ({ variant_id, qty })) }
  }

  async function run(): Promise<void> {
    // Null means all that is left, so only an empty field becomes null.
    const body = { amount_minor: valueOrNull(asked), ...restocked() }
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
      {lines.length === 0 ? (
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
      ) : (
        <fieldset class="restock">
          <legend>Units to restock. They can be bought at once</legend>
          <div class="side-by-side">
            {lineUnits.map(({ variantId, name, restockable, units: value }) => (
              <Field
                key={variantId}
                id={`restock-${variantId}`}
                label={name}
                type="number"
                min={0}
                value={value}
                required
                reading={readWhole(value.value, 0)}
                hint={`At most ${restockable}`}
              />
            ))}
          </div>
        </fieldset>
      )}
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
