import { defaultSettings, type ProductSettings } from "./domain/product.ts"
import { isRefusal } from "./domain/refusals.ts"
import type { Engine } from "./engine.ts"

const FIRST_STOCK = 100

/** Product 1 as the first start makes it, for trying. */
export const flashSaleProduct: ProductSettings = {
  ...defaultSettings,
  name: "Flash Sale Product",
  priceMinor: 9999,
  currency: "USD",
}

/** Puts product 1 into a database that has no products, so that there is something to try. */
export async function seedIfEmpty(engine: Engine): Promise<void> {
  const [any] = await engine.views.products(0, 1)
  if (any === undefined) await seedProduct(engine, FIRST_STOCK)
}

/** Makes sure that there is a product 1. Returns false when it was there already. */
export async function seedProduct(engine: Engine, stock: number = FIRST_STOCK): Promise<boolean> {
  if ((await engine.views.product(1)) !== null) return false
  await engine.ids.next("products")
  const { outcome } = await engine.lanes.submit({
    kind: "create_product",
    productId: 1,
    settings: flashSaleProduct,
    stock,
    adjustmentId: await engine.ids.next("stock_adjustments"),
  })
  if (isRefusal(outcome)) throw new Error(`product 1 could not be made: ${outcome.code}`)
  return true
}
