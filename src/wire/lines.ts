import { Type, type Static } from "typebox"
import { decimalAmount } from "../domain/money.ts"
import type { HoldLine, NamedLine, OrderLine, WantedLine } from "../domain/lines.ts"
import { Id, Quantity, body } from "./fields.ts"

/** The most lines of one hold. */
const MOST_LINES = 20

const WantedLineBody = body({ variant_id: Id, qty: Quantity })

/** The units that a request asks for, by variant. */
export const WantedLines = Type.Array(WantedLineBody, {
  minItems: 1,
  maxItems: MOST_LINES,
  description: "units of several variants, each variant once: all of them are held, or none",
})

/** The units that a refund puts back on sale, by variant. */
export const RestockLines = Type.Array(WantedLineBody, {
  minItems: 1,
  maxItems: MOST_LINES,
  description: "instead of restock_qty: how many units of each variant are restocked; no variant twice",
})

/** Units of one variant in a hold. */
export const HoldLineWire = Type.Object({
  variant_id: Id,
  qty: Type.Integer(),
  unit_price_minor: Type.Integer({ description: "the price of one unit at the moment of the hold" }),
})

/** The JSON of {@link HoldLineWire}. */
export type HoldLineJson = Static<typeof HoldLineWire>

/** Units of one variant in an order. */
export const OrderLineWire = Type.Object({
  variant_id: Id,
  quantity: Type.Integer(),
  unit_price: Type.String(),
  unit_price_minor: Type.Integer(),
  total_minor: Type.Integer(),
  restocked_qty: Type.Integer({ description: "how many of its units are back on sale" }),
})

/** The JSON of {@link OrderLineWire}. */
export type OrderLineJson = Static<typeof OrderLineWire>

/** Makes the JSON of a hold's line. */
export function holdLineJson({ variantId, qty, unitPriceMinor }: HoldLine): HoldLineJson {
  return { variant_id: variantId, qty, unit_price_minor: unitPriceMinor }
}

/** Makes the JSON of an order's line. */
export function orderLineJson(line: OrderLine, currency: string): OrderLineJson {
  return {
    variant_id: line.variantId,
    quantity: line.qty,
    unit_price: decimalAmount(line.unitPriceMinor, currency),
    unit_price_minor: line.unitPriceMinor,
    total_minor: line.unitPriceMinor * line.qty,
    restocked_qty: line.restockedQty,
  }
}

/** Makes the JSON of an order's line in an event: receivers know the variant by its `sku` or its name. */
export function namedLineJson({ sku, name, ...line }: NamedLine, currency: string) {
  const { variant_id, ...units } = orderLineJson(line, currency)
  return { variant_id, sku, name, ...units }
}

/** The id of the only variant, for answers that have one line. */
export function variantIdOf(lines: readonly WantedLine[]): { variant_id?: number } {
  const [only, ...others] = lines
  return only !== undefined && others.length === 0 ? { variant_id: only.variantId } : {}
}

/** Reads the lines of a request. */
export function wantedLines(lines: Static<typeof WantedLines>): WantedLine[] {
  return lines.map(({ variant_id, qty }) => ({ variantId: variant_id, qty }))
}
