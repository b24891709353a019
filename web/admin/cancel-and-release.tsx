import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"

interface EndingDialogProps {
  readonly id: number
  readonly quantity: number
  /** Its units by variant; null: the product has no variants. */
  readonly lines: string | null
  readonly close: () => void
}

/** Asks for confirmation before an unpaid order is cancelled. */
export function CancelDialog({ id, quantity, lines, close }: EndingDialogProps) {
  return (
    <Dialog
      title={`Cancel order ${id}?`}
      action="Cancel the order"
      danger
      run={() => shop.orders.cancel(id)}
      close={close}
    >
      <p>
        {unitsOf(quantity, lines)} available to others at once, and the buyer sees that the order was
        cancelled. A payment that arrives soon afterwards still pays the order if units are left; otherwise it
        is refunded. This cannot be undone.
      </p>
    </Dialog>
  )
}

/** Asks for confirmation before a hold is released. */
export function ReleaseDialog({ id, quantity, lines, close }: EndingDialogProps) {
  return (
    <Dialog
      title={`Release hold ${id}?`}
      action="Release the hold"
      danger
      run={() => shop.holds.release(id)}
      close={close}
    >
      <p>
        {unitsOf(quantity, lines)} available to others at once, and the buyer has to reserve again. This
        cannot be undone.
      </p>
    </Dialog>
  )
}

function unitsOf(quantity: number, lines: string | null): string {
  const named = lines === null ? "" : ` (${lines})`
  return quantity === 1 ? `Its unit${named} becomes` : `Its ${quantity} units${named} become`
}
