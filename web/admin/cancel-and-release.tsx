import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"

interface EndingDialogProps {
  readonly id: number
  readonly quantity: number
  readonly close: () => void
}

/** Ends an order that nobody has paid. */
export function CancelDialog({ id, quantity, close }: EndingDialogProps) {
  return (
    <Dialog
      title={`Cancel order ${id}?`}
      action="Cancel the order"
      hurts
      run={() => shop.orders.cancel(id)}
      close={close}
    >
      <p>
        {unitsOf(quantity)} for others at once, and the buyer reads that the order was cancelled. Money that
        comes soon after still pays it while units are left; otherwise it goes back. It cannot be taken back.
      </p>
    </Dialog>
  )
}

/** Ends a hold before its time. */
export function ReleaseDialog({ id, quantity, close }: EndingDialogProps) {
  return (
    <Dialog
      title={`Release hold ${id}?`}
      action="Release the hold"
      hurts
      run={() => shop.holds.release(id)}
      close={close}
    >
      <p>
        {unitsOf(quantity)} for others at once; whoever is about to order with this hold has to begin anew. It
        cannot be taken back.
      </p>
    </Dialog>
  )
}

function unitsOf(quantity: number): string {
  return quantity === 1 ? "Its unit is there" : `Its ${quantity} units are there`
}
