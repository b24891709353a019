import {
  availableUnits,
  hasVariants,
  hidesUnits,
  isWithinSale,
  saleState,
  type Product,
  type SaleState,
} from "./product.ts"
import type { WantedLine } from "./lines.ts"
import type { Instant } from "./time.ts"
import type { Variant, VariantSettings } from "./variant.ts"

/** Returns the price of one unit of a variant. */
export function variantPrice(product: Product, variant: VariantSettings): number {
  return variant.priceMinor ?? product.priceMinor
}

/** As {@link saleState} of the product, for one of its variants. A variant that is disabled counts as `paused`. */
export function variantSaleState(product: Product, variant: Variant, now: Instant): SaleState {
  if (isWithinSale(product, now) && !variant.enabled) return "paused"
  const { stock, held, sold } = variant
  return saleState({ ...product, stock, held, sold, variants: null }, now)
}

/** Returns a variant of the product; undefined: it has no such variant. */
export function variantOf(product: Product, variantId: number): Variant | undefined {
  return hasVariants(product) ? product.variants.find(({ id }) => id === variantId) : undefined
}

/** What a refusal says about itself where buyers are not told how many units there are. */
export function secrecyOf(product: Product): { readonly hidesUnits?: true } {
  return hidesUnits(product) ? { hidesUnits: true } : {}
}

/** What a buyer asks for and what there is of it, of a line that has too few units. */
export interface LackingLine {
  readonly variantId: number
  readonly requested: number
  readonly available: number
}

/** Returns the lines for which too few units are available; none for a product without variants. */
export function lackingLines(product: Product, lines: readonly WantedLine[]): LackingLine[] {
  const lacking: LackingLine[] = []
  for (const { variantId, qty } of lines) {
    const variant = variantOf(product, variantId)
    const available = variant === undefined ? 0 : availableUnits(variant)
    if (available < qty) lacking.push({ variantId, requested: qty, available })
  }
  return lacking
}

/**
 * Whether held units that are returned could serve all of these lines: none asks for more than is unsold. Where buyers are not
 * told how many units there are, always: answers to requests for different quantities would tell them.
 */
export function mayReturn(product: Product, lines: readonly LackingLine[]): boolean {
  if (hidesUnits(product)) return true
  return lines.every(({ variantId, requested }) => {
    const variant = variantOf(product, variantId)
    return variant !== undefined && requested <= variant.stock - variant.sold
  })
}
