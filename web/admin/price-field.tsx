import type { Signal } from "@preact/signals"
import { isCurrencyCode, priceOf } from "../shared/money.ts"
import { Field } from "./field.tsx"
import { readPrice } from "./form-values.ts"

export interface PriceFieldProps {
  readonly id: string
  readonly label: string
  readonly value: Signal<string>
  readonly currency: string
  /** The hint of the empty field. */
  readonly empty: string
  readonly required?: boolean
}

/** A field for a price. Its hint shows how the typed price was understood. */
export function PriceField({ id, label, value, currency, empty, required = false }: PriceFieldProps) {
  const reading = readPrice(value.value, currency)
  return (
    <Field
      id={id}
      label={label}
      type="price"
      value={value}
      required={required}
      hint={reading.kind === "value" ? `= ${priceOf(reading.value, currency)}` : empty}
      // Without a currency a price has no meaning; the currency's field says so.
      reading={isCurrencyCode(currency) ? reading : { kind: "empty" }}
    />
  )
}
