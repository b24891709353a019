import type { AdjustStock } from "./commands.ts"
import type { Product } from "./product.ts"
import type { AdjustStockRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import { changeLoadedProduct, type WorkingSet } from "./working-set.ts"

/**
 * Sets the stock if it still is `command.expected`, never below the units held and sold (I1). Each change
 * adds a row with the stock before and after.
 */
export function adjustStock(
  state: WorkingSet,
  command: AdjustStock,
  now: Instant,
): Product | AdjustStockRefusal {
  const product = state.product
  if (product === null) return { code: "product_not_found" }
  const { stock: stockBefore, held, sold } = product
  if (stockBefore !== command.expected) return { code: "stock_changed", stock: stockBefore }
  if (command.stock < held + sold) return { code: "stock_in_use", held, sold }

  state.adjustments.push({
    id: command.adjustmentId,
    productId: product.id,
    stockBefore,
    stockAfter: command.stock,
    createdAt: now,
  })
  state.facts.push({ kind: "stock_adjusted", productId: product.id, stockBefore, stockAfter: command.stock })
  return changeLoadedProduct(state, { stock: command.stock, updatedAt: now })
}
