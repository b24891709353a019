import { createVariant, inOrder, stockOf } from "./change-variants.ts"
import type { ChangeProduct, CreateProduct } from "./commands.ts"
import { changeCollect } from "./details.ts"
import { LARGEST_STOCK, type Product, type ProductSettings } from "./product.ts"
import type { ChangeProductRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import { changeLoadedProduct, type WorkingSet } from "./working-set.ts"

/**
 * Creates a product, and its variants if it has any. Its initial stock is recorded as a stock adjustment, as every
 * later change is; with variants, the stock of each of them is.
 */
export function createProduct(
  state: WorkingSet,
  command: CreateProduct,
  now: Instant,
): Product | ChangeProductRefusal {
  if (state.product !== null) return state.product
  if (!isSaleWindow(command.settings)) return { code: "invalid_sale_window" }

  const { productId, settings } = command
  const stock = command.variants === undefined ? command.stock : stockOf(command.variants)
  if (stock > LARGEST_STOCK) return { code: "stock_over_limit", mostStock: LARGEST_STOCK }
  state.facts.push({ kind: "product_created", productId, settings })
  const variants = command.variants?.map((variant, index) => createVariant(state, variant, index, now))
  if (variants === undefined) recordStock(state, command, now)
  const product = {
    ...settings,
    id: productId,
    stock,
    held: 0,
    sold: 0,
    version: 1,
    variants: variants === undefined ? null : inOrder(variants),
    createdAt: now,
    updatedAt: now,
  }
  state.product = product
  return product
}

function recordStock(
  state: WorkingSet,
  { productId, stock, adjustmentId }: CreateProduct,
  now: Instant,
): void {
  const change = { productId, stockBefore: 0, stockAfter: stock }
  state.adjustments.push({ id: adjustmentId, variantId: null, ...change, createdAt: now })
  state.facts.push({ kind: "stock_adjusted", ...change })
}

/** Changes a product's settings, pausing and resuming included. Holds and orders keep their price. */
export function changeProduct(
  state: WorkingSet,
  command: ChangeProduct,
  now: Instant,
): Product | ChangeProductRefusal {
  if (state.product === null) return { code: "product_not_found" }
  const { collect, ...others } = command.changes
  if (!isSaleWindow({ ...state.product, ...others })) return { code: "invalid_sale_window" }
  const changes =
    collect === undefined ? others : { ...others, collect: changeCollect(state.product.collect, collect) }
  state.facts.push({ kind: "product_changed", productId: command.productId, settings: changes })
  return changeLoadedProduct(state, { ...changes, updatedAt: now })
}

function isSaleWindow({ opensAt, closesAt }: Pick<ProductSettings, "opensAt" | "closesAt">): boolean {
  return opensAt === null || closesAt === null || opensAt < closesAt
}
