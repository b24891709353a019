import { useSignal } from "@preact/signals"
import type { Product } from "../../client/src/index.ts"
import { ProblemError } from "../../client/src/index.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { areFor, unitsOf } from "../shared/unit-texts.ts"

type Action = "pause" | "resume" | "close" | "add" | "set"

export interface SaleActionsProps {
  readonly product: Product
  readonly isPaused: boolean
  /** Looks at it anew. */
  readonly done: () => void
}

/** What can be done to a sale. */
export function SaleActions({ product, isPaused, done }: SaleActionsProps) {
  const chosen = useSignal<Action | null>(null)
  const close = () => {
    chosen.value = null
    done()
  }
  return (
    <div class="buttons actions">
      {actionsFor(product, isPaused).map(([action, text]) => (
        <button key={action} type="button" class="button" onClick={() => void (chosen.value = action)}>
          {text}
        </button>
      ))}
      <ul class="links">
        <li>
          <a href={`/admin/p/${product.id}/edit`}>Settings</a>
        </li>
        <li>
          <a href={`/admin/search?product_id=${product.id}`}>Its orders and holds</a>
        </li>
        <li>
          <a href={`/api/admin/orders.csv?product_id=${product.id}`} download>
            Its orders as CSV
          </a>
        </li>
        <li>
          <a href={`/p/${product.id}`}>As buyers see it</a>
        </li>
      </ul>
      {chosen.value !== null && <ActionDialog action={chosen.value} product={product} close={close} />}
    </div>
  )
}

/** A sale that waits for its opening can be paused as well; it cannot end before it begins. */
function actionsFor(
  { sale_state: state }: Product,
  isPaused: boolean,
): readonly (readonly [Action, string])[] {
  const turn = isPaused ? (["resume", "Resume…"] as const) : (["pause", "Pause…"] as const)
  const close = ["close", "Close now…"] as const
  const stock = [
    ["add", "Add stock…"],
    ["set", "Set stock…"],
  ] as const
  if (state === "closed") return stock
  return state === "scheduled" ? [turn, ...stock] : [turn, close, ...stock]
}

interface ActionDialogProps {
  readonly action: Action
  readonly product: Product
  readonly close: () => void
}

function ActionDialog({ action, product, close }: ActionDialogProps) {
  const { id, name } = product
  switch (action) {
    case "pause":
      return (
        <Dialog
          title={`Pause ${name}?`}
          action="Pause the sale"
          hurts
          run={() => shop.products.pause(id)}
          close={close}
        >
          {product.sale_state === "scheduled" ? (
            <p>When it opens nobody can hold a unit, until the sale is resumed.</p>
          ) : (
            <p>
              From now on nobody can hold a unit. Holds and orders that are there go on: they can be paid.
            </p>
          )}
        </Dialog>
      )
    case "resume":
      return (
        <Dialog
          title={`Resume ${name}?`}
          action="Resume the sale"
          run={() => shop.products.resume(id)}
          close={close}
        >
          {product.sale_state === "scheduled" ? (
            <p>Everybody can hold units as soon as it opens.</p>
          ) : (
            <p>Everybody can hold units again, at once.</p>
          )}
        </Dialog>
      )
    case "close":
      return (
        <Dialog
          title={`Close ${name} now?`}
          action="Close the sale"
          hurts
          run={() => shop.products.change(id, { closes_at: product.server_time })}
          close={close}
        >
          <p>
            The sale ends now instead of {product.closes_at === null ? "never" : "at its time"}. Buyers read
            that it is over. Holds can still become orders until they end, and orders can be paid. To open it
            again, change when it closes.
          </p>
        </Dialog>
      )
    case "add":
    case "set":
      return <StockDialog isAdding={action === "add"} product={product} close={close} />
  }
}

interface StockDialogProps {
  readonly isAdding: boolean
  readonly product: Product
  readonly close: () => void
}

/** Compares and sets: what was looked at when the dialog was opened is what is expected. */
function StockDialog({ isAdding, product, close }: StockDialogProps) {
  const expected = useSignal(product.stock)
  const field = useSignal(isAdding ? "" : String(product.stock))
  const given = Number(field.value)
  const stock = isAdding ? expected.value + given : given
  const isSame = stock === expected.value
  const taken = product.reserved_stock + product.sold_stock

  async function run(): Promise<void> {
    try {
      await shop.products.setStock(product.id, { stock, expected: expected.value })
    } catch (error) {
      // Said once; whoever tries again has read it.
      if (error instanceof ProblemError && error.problem.code === "stock_changed")
        expected.value = error.problem.stock
      throw error
    }
  }

  return (
    <Dialog
      title={`${isAdding ? "Add units to" : "Set the stock of"} ${product.name}`}
      action={isSame ? "Set the stock" : `Make it ${unitsOf(stock)}`}
      hurts={stock < expected.value}
      run={run}
      close={close}
    >
      <Field
        id="units"
        label={isAdding ? "Units to add" : "Units on offer in total"}
        type="number"
        min={isAdding ? 1 : 0}
        value={field}
        required
      />
      <p class="figures">
        {isSame
          ? `The stock is ${stock}.`
          : `The stock becomes ${stock} instead of ${expected.value}, if it is still ${expected.value}.`}{" "}
        {taken} of them {areFor(taken)} held or sold.{" "}
        {stock > expected.value ? "New units are on sale at once." : ""}
        {stock < expected.value
          ? "Fewer units are on offer; nothing is taken from those who hold or own."
          : ""}
      </p>
    </Dialog>
  )
}
