import { useSignal } from "@preact/signals"
import type { Order } from "../../client/src/index.ts"
import { minorIn, priceOf } from "../shared/money.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./parts.tsx"
import { PriceField } from "./price-field.tsx"

/** Gives money of a paid order back, or its units, or both. */
export function RefundDialog({ order, close }: { readonly order: Order; readonly close: () => void }) {
  const amount = useSignal("")
  const units = useSignal("0")
  const isAll = amount.value.trim() === ""
  const minor = minorIn(amount.value.trim(), order.currency)
  async function run(): Promise<void> {
    if (!isAll && minor === null) throw new Error("The amount cannot be read. Nothing was given back.")
    await shop.orders.refund(order.order_id, { amount_minor: minor, restock_qty: Number(units.value) })
  }
  return (
    <Dialog title={`Refund order ${order.order_id}?`} action="Give it back" hurts run={run} close={close}>
      <PriceField
        id="amount"
        label="Money"
        value={amount}
        currency={order.currency}
        empty={`Empty: all that is left of ${priceOf(order.total_minor, order.currency)}`}
      />
      <Field
        id="restock"
        label="Units to put on offer again"
        type="number"
        min={0}
        value={units}
        hint={`Of ${order.quantity}. They can be bought at once`}
      />
      <p class="figures">
        {minor === null ? "All that is left" : priceOf(minor, order.currency)} goes back to the buyer. Where a
        provider can be asked, it is asked within seconds; otherwise the refund waits in the money inbox for
        your word. It cannot be taken back.
      </p>
    </Dialog>
  )
}
