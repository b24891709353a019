import { replaceVariant } from "./change-variants.ts"
import type { AdjustStock } from "./commands.ts"
import { hasVariants, LARGEST_STOCK, type Product } from "./product.ts"
import { variantOf } from "./product-variants.ts"
import type { AdjustStockRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import { changeLoadedProduct, type WorkingSet } from "./working-set.ts"

/**
 * Sets the stock of a product or of one of its variants if it still is `command.expected`, never below the units held
 * and sold (I1). Each change adds a row with the stock before and after.
 */
export function adjustStock(
  state: WorkingSet,
  command: AdjustStock,
  now: Instant,
): Product | AdjustStockRefusal {
  const { product } = state
  const { productId, variantId } = command
  if (product === null) return { code: "product_not_found" }
  if (variantId === undefined && hasVariants(product)) return { code: "variant_required" }
  const variant = variantId === undefined ? undefined : variantOf(product, variantId)
  if (variantId !== undefined && variant === undefined) return { code: "variant_not_found", variantId }

  const { stock: stockBefore, held, sold } = variant ?? product
  if (stockBefore !== command.expected) return { code: "stock_changed", stock: stockBefore }
  if (command.stock < held + sold) return { code: "stock_in_use", held, sold }

  const stock = product.stock + command.stock - stockBefore
  if (stock > LARGEST_STOCK) return { code: "stock_over_limit", most: LARGEST_STOCK }

  const change = { productId, stockBefore, stockAfter: command.stock }
  state.adjustments.push({
    id: command.adjustmentId,
    variantId: variantId ?? null,
    ...change,
    createdAt: now,
  })
  if (variant === undefined) {
    state.facts.push({ kind: "stock_adjusted", ...change })
    return changeLoadedProduct(state, { stock, updatedAt: now })
  }
  state.facts.push({ kind: "stock_adjusted", variantId: variant.id, ...change })
  const variants = replaceVariant(product, { ...variant, stock: command.stock })
  return changeLoadedProduct(state, { stock, variants, updatedAt: now })
}
