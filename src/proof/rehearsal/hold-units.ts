import type { Line } from "./visit-log.ts"

/** The units of a hold as its row has them. */
export interface HoldRow {
  readonly id: number
  readonly qty: number
  readonly variantId: number | null
  readonly lines: readonly { readonly variantId: number; readonly qty: number }[] | null
}

/** Writes the units of a row as {@link unitsText} does. */
export function unitsOfRow({ qty, variantId, lines }: HoldRow): string {
  const several = lines?.map((line) => ({ variantId: line.variantId, quantity: line.qty }))
  return unitsText(qty, variantId === null ? several : [{ variantId, quantity: qty }])
}

/** Writes the units of a hold, with those of each variant where it has some: `2 (1 of variant 4, 1 of variant 5)`. */
export function unitsText(quantity: number, lines?: readonly Line[]): string {
  if (lines === undefined) return String(quantity)
  const sorted = lines.toSorted((a, b) => a.variantId - b.variantId)
  return `${quantity} (${sorted.map((line) => `${line.quantity} of variant ${line.variantId}`).join(", ")})`
}
