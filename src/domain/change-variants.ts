import type { AddVariants, ChangeVariant, NewVariant } from "./commands.ts"
import { hasVariants, LARGEST_STOCK, type Product } from "./product.ts"
import { variantOf } from "./product-variants.ts"
import type { ChangeVariantRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import { MOST_VARIANTS, type Variant } from "./variant.ts"
import { changeLoadedProduct, type WorkingSet } from "./working-set.ts"

/**
 * Adds variants. The first ones take the place of the product's own stock, which is possible only while no unit of it
 * is held or sold: such a unit would belong to no variant.
 */
export function addVariants(
  state: WorkingSet,
  { productId, variants, adjustmentId }: AddVariants,
  now: Instant,
): Product | ChangeVariantRefusal {
  const { product } = state
  if (product === null) return { code: "product_not_found" }
  const present = hasVariants(product) ? product.variants : []
  if (present.length + variants.length > MOST_VARIANTS) {
    return { code: "too_many_variants", most: MOST_VARIANTS }
  }
  const stock = stockOf(present) + stockOf(variants)
  if (stock > LARGEST_STOCK) return { code: "stock_over_limit", most: LARGEST_STOCK }
  const { held, sold, stock: stockBefore } = product
  if (!hasVariants(product) && held + sold > 0) return { code: "product_in_use", held, sold }
  if (!hasVariants(product) && stockBefore > 0) {
    const change = { productId, stockBefore, stockAfter: 0 }
    state.adjustments.push({ id: adjustmentId, variantId: null, ...change, createdAt: now })
    state.facts.push({ kind: "stock_adjusted", ...change })
  }

  const last = present.at(-1)?.position ?? -1
  const added = variants.map((variant, index) => createVariant(state, variant, last + 1 + index, now))
  const all = inOrder([...present, ...added])
  return changeLoadedProduct(state, { stock, variants: all, updatedAt: now })
}

/** Returns the stock of all variants together. */
export function stockOf(variants: readonly Pick<Variant, "stock">[]): number {
  return variants.reduce((sum, { stock }) => sum + stock, 0)
}

/**
 * Makes a new variant, and records its first stock as every later change of it. `position`: where it is listed unless
 * its settings say so.
 */
export function createVariant(
  state: WorkingSet,
  { variantId, settings: given, stock, adjustmentId }: NewVariant,
  position: number,
  now: Instant,
): Variant {
  const { productId } = state
  const settings = { ...given, position: given.position ?? position }
  const adjustment = { productId, variantId, stockBefore: 0, stockAfter: stock }
  state.adjustments.push({ id: adjustmentId, ...adjustment, createdAt: now })
  state.facts.push({ kind: "variant_added", productId, variantId, settings })
  state.facts.push({ kind: "stock_adjusted", ...adjustment })
  return { ...settings, id: variantId, stock, held: 0, sold: 0 }
}

/** Changes a variant's settings, disabling and enabling included. Holds and orders keep their price. */
export function changeVariant(
  state: WorkingSet,
  { productId, variantId, changes }: ChangeVariant,
  now: Instant,
): Product | ChangeVariantRefusal {
  const { product } = state
  if (product === null) return { code: "product_not_found" }
  const variant = variantOf(product, variantId)
  if (variant === undefined) return { code: "variant_not_found", variantId }

  state.facts.push({ kind: "variant_changed", productId, variantId, settings: changes })
  const variants = inOrder(replaceVariant(product, { ...variant, ...changes }))
  return changeLoadedProduct(state, { variants, updatedAt: now })
}

/** Returns the product's variants with `changed` in the place of the one with its id. */
export function replaceVariant(product: Product, changed: Variant): Variant[] {
  return (product.variants ?? []).map((variant) => (variant.id === changed.id ? changed : variant))
}

/** Sorts variants as they are listed. */
export function inOrder(variants: readonly Variant[]): Variant[] {
  return [...variants].sort((a, b) => a.position - b.position || a.id - b.id)
}
