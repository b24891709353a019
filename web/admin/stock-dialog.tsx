import { useSignal } from "@preact/signals"
import type { StockBody } from "../../client/src/admin.ts"
import { ProblemError, type ShopProduct } from "../../client/src/index.ts"
import { areFor, unitsOf } from "../shared/unit-texts.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { readWhole, requiredValue } from "./form-values.ts"

export interface StockDialogProps {
  readonly isAdding: boolean
  /** The name of the product or of the variant. */
  readonly name: string
  /** The units of the product or of the variant. */
  readonly units: Pick<ShopProduct, "stock" | "reserved_stock" | "sold_stock">
  /** Sets its stock. */
  readonly set: (body: StockBody) => Promise<unknown>
  readonly close: () => void
}

/** Sets the stock of a product or a variant, provided that it has not changed since the dialog was opened. */
export function StockDialog({ isAdding, name, units, set, close }: StockDialogProps) {
  const expected = useSignal(units.stock)
  const field = useSignal(isAdding ? "" : String(units.stock))
  const reading = readWhole(field.value, isAdding ? 1 : 0)
  const base = isAdding ? expected.value : 0
  const stock = reading.kind === "value" ? base + reading.value : null
  const isSame = stock === null || stock === expected.value
  const taken = units.reserved_stock + units.sold_stock

  async function run(): Promise<void> {
    const wanted = base + requiredValue(reading, "The number of units")
    try {
      await set({ stock: wanted, expected: expected.value })
    } catch (error) {
      // The error message names the new stock, so the next try expects that.
      if (error instanceof ProblemError && error.problem.code === "stock_changed")
        expected.value = error.problem.stock
      throw error
    }
  }

  return (
    <Dialog
      title={`${isAdding ? "Add stock to" : "Set the stock of"} ${name}`}
      action={isSame ? "Set the stock" : `Set the stock to ${stock}`}
      danger={stock !== null && stock < expected.value}
      run={run}
      close={close}
    >
      <Field
        id="units"
        label={isAdding ? "Units to add" : "Total units"}
        type="number"
        min={isAdding ? 1 : 0}
        value={field}
        required
        reading={reading}
      />
      <p class="tabular">
        {isSame
          ? `The stock is ${expected.value}.`
          : `The stock becomes ${stock} instead of ${expected.value}, provided it is still ${expected.value}.`}{" "}
        {unitsOf(taken)} {areFor(taken)} held or sold.{" "}
        {stock !== null && stock > expected.value && "New units are on sale at once."}
        {stock !== null && stock < expected.value && "Existing holds and orders are not affected."}
      </p>
    </Dialog>
  )
}
