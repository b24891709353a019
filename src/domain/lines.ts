/** Units of one variant that a buyer asks for. */
export interface WantedLine {
  readonly variantId: number
  readonly qty: number
}

/** Units of one variant in a hold, at the price of the moment it was placed. */
export interface HoldLine extends WantedLine {
  readonly unitPriceMinor: number
}

/** Units of one variant in an order. */
export interface OrderLine extends HoldLine {
  /** How many of them are restocked, which is available again. */
  readonly restockedQty: number
}

/** Returns the units of all lines together. */
export function unitsOf(lines: readonly WantedLine[]): number {
  return lines.reduce((sum, { qty }) => sum + qty, 0)
}

/** Returns the price of all lines together, in minor units. */
export function totalOf(lines: readonly HoldLine[]): number {
  return lines.reduce((sum, { qty, unitPriceMinor }) => sum + qty * unitPriceMinor, 0)
}

/** Returns the price that all lines have in common; null: their prices differ. */
export function commonPrice(lines: readonly HoldLine[]): number | null {
  const [first] = lines
  const isCommon = lines.every(({ unitPriceMinor }) => unitPriceMinor === first?.unitPriceMinor)
  return isCommon ? (first?.unitPriceMinor ?? null) : null
}

/** The names of a variant. */
export interface VariantNames {
  readonly name: string
  readonly sku: string | null
  /** Its value of each option of the product, such as `{"size": "M"}`. */
  readonly options: Readonly<Record<string, string>>
}

/** Units of one variant in an order, with the variant's names: an order itself knows only ids. */
export type NamedLine = OrderLine & VariantNames

/** Adds the names that `namesOf` knows. No variant is ever removed, so that it knows all of an order's product. */
export function nameLines(
  lines: readonly OrderLine[],
  namesOf: (variantId: number) => VariantNames | undefined,
): NamedLine[] {
  return lines.map((line) => {
    const names = namesOf(line.variantId) ?? { name: `Variant ${line.variantId}`, sku: null, options: {} }
    return { ...line, ...names }
  })
}
