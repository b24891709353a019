import type { Static } from "typebox"
import { unitsOf, type WantedLine } from "../../../domain/lines.ts"
import { LARGEST_QUANTITY } from "../../../wire/fields.ts"
import type { HoldBody } from "../../../wire/hold.ts"
import { wantedLines } from "../../../wire/lines.ts"
import type { FieldError } from "../../wire/problems.ts"

/** The units that a request asks for. */
interface WantedUnits {
  readonly qty: number
  readonly lines?: readonly WantedLine[]
}

/** Reads which units are asked for: `qty` of the product or of one variant, or `lines`, but not both. */
export function unitsWanted({
  qty,
  variant_id: variantId,
  lines,
}: Static<typeof HoldBody>): WantedUnits | { readonly errors: readonly FieldError[] } {
  if (lines === undefined) {
    // The schema requires it.
    if (qty === undefined) return fault("/qty", "is required")
    return variantId === undefined ? { qty } : { qty, lines: [{ variantId, qty }] }
  }
  if (qty !== undefined || variantId !== undefined)
    return fault("/lines", "must be left out where qty or variant_id is given")
  const wanted = wantedLines(lines)
  const repeated = wanted.findIndex((line, index) => indexOf(wanted, line) !== index)
  if (repeated !== -1) return fault(`/lines/${repeated}/variant_id`, "must differ from those of other lines")
  const units = unitsOf(wanted)
  if (units > LARGEST_QUANTITY) return fault("/lines", `must not ask for more than ${LARGEST_QUANTITY} units`)
  return { qty: units, lines: wanted }
}

function indexOf(lines: readonly WantedLine[], { variantId }: WantedLine): number {
  return lines.findIndex((line) => line.variantId === variantId)
}

function fault(pointer: string, detail: string) {
  return { errors: [{ pointer, detail }] }
}
