/** The settings of a variant. The shop may change each of them at any time. */
export interface VariantSettings {
  readonly name: string
  /** The shop's own number of the article. */
  readonly sku: string | null
  /** What tells the variant from the others, such as `{"size": "42", "colour": "red"}`. */
  readonly options: Readonly<Record<string, string>>
  /** Variants are listed by position, then by id. */
  readonly position: number
  readonly imageUrl: string | null
  /** What its picture shows; null: not said. */
  readonly imageAlt: string | null
  /** Price of one unit in minor units of the product's currency; null: the product's price. */
  readonly priceMinor: number | null
  /** The most units of this variant in one hold; null: only the product's limits apply. */
  readonly maxPerHold: number | null
  /** False: no new hold is placed on it. */
  readonly enabled: boolean
}

/**
 * One of the goods that a product consists of, such as a size. `held + sold <= stock` always holds (I1), and the
 * product's counters are the sums over its variants (I10).
 */
export interface Variant extends VariantSettings {
  readonly id: number
  readonly stock: number
  readonly held: number
  readonly sold: number
}

/** The values of settings that are not given when a variant is added. */
export const defaultVariantSettings: Omit<VariantSettings, "name" | "position"> = {
  sku: null,
  options: {},
  imageUrl: null,
  imageAlt: null,
  priceMinor: null,
  maxPerHold: null,
  enabled: true,
}

/** The most variants of one product. */
export const MOST_VARIANTS = 200
