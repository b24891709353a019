import { useSignal } from "@preact/signals"
import type { Order } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./parts.tsx"

/** Gives money of a paid order back, or its units, or both. */
export function RefundDialog({ order, close }: { readonly order: Order; readonly close: () => void }) {
  const amount = useSignal("")
  const units = useSignal("0")
  const isAll = amount.value === ""
  const given = isAll ? "All that is left" : priceOf(Number(amount.value), order.currency)
  const run = () =>
    shop.orders.refund(order.order_id, {
      amount_minor: isAll ? null : Number(amount.value),
      restock_qty: Number(units.value),
    })
  return (
    <Dialog title={`Refund order ${order.order_id}?`} action="Give it back" hurts run={run} close={close}>
      <Field
        id="amount"
        label="Money in minor units"
        type="number"
        min={0}
        value={amount}
        hint={`Empty: all that is left of ${priceOf(order.total_minor, order.currency)}`}
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
        {given} goes back to the buyer. Where a provider can be asked, it is asked within seconds; otherwise
        the refund waits in the money inbox for your word. It cannot be taken back.
      </p>
    </Dialog>
  )
}
