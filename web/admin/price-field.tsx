import type { Signal } from "@preact/signals"
import { currencyDecimals } from "../../client/src/currencies.ts"
import { isCurrencyCode, minorIn, priceOf } from "../shared/money.ts"
import { Field } from "./field.tsx"

export interface PriceFieldProps {
  readonly id: string
  readonly label: string
  readonly value: Signal<string>
  readonly currency: string
  /** What is said while the field is empty. */
  readonly empty: string
  readonly required?: boolean
}

/** A price as people write it. What it means is said beside it; what cannot be read is not sent. */
export function PriceField({ id, label, value, currency, empty, required = false }: PriceFieldProps) {
  const minor = minorIn(value.value, currency)
  const isUnread = value.value.trim() !== "" && minor === null && isCurrencyCode(currency)
  return (
    <Field
      id={id}
      label={label}
      type="price"
      value={value}
      required={required}
      hint={minor === null ? empty : `= ${priceOf(minor, currency)}`}
      fault={isUnread ? unreadText(currency) : null}
    />
  )
}

function unreadText(currency: string): string {
  const most = currencyDecimals(currency)
  if (most === 0) return `This cannot be read. ${currency} has no decimals: write 129`
  return `This cannot be read. Write 129 or ${(129).toFixed(most)}, with a point and at most ${most} decimals`
}
