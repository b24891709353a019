import type { Product } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import type { Stage } from "./buyer-view.ts"
import type { Desk } from "./desk.ts"
import { Countdown, Ticket } from "./ticket.tsx"

interface HoldTicketProps {
  readonly stage: Extract<Stage, { kind: "held" }>
  readonly product: Product
  readonly desk: Desk
}

/** Units that nobody else can have for a while. */
export function HoldTicket({ stage, product, desk }: HoldTicketProps) {
  const { pending } = desk.view.value
  return (
    <>
      <Ticket
        name={product.name}
        quantity={stage.qty}
        total={priceOf(product.price_minor * stage.qty, product.currency)}
      >
        <Countdown leftSeconds={stage.leftSeconds} wholeSeconds={stage.wholeSeconds} label="left to order" />
      </Ticket>
      <div class="actions">
        <button
          class="button primary"
          type="button"
          aria-disabled={pending !== null}
          onClick={() => desk.actions.makeOrder()}
        >
          {pending?.action === "order" ? "Ordering …" : "Order"}
        </button>
        <button
          class="button"
          type="button"
          aria-disabled={pending !== null}
          onClick={() => desk.actions.release()}
        >
          Give back
        </button>
      </div>
    </>
  )
}
