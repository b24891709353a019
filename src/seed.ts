import { defaultSettings, type ProductSettings } from "./domain/product.ts"
import { isRefusal } from "./domain/refusals.ts"
import type { Engine } from "./engine.ts"

const FIRST_STOCK = 100

/** The demonstration product that the first start creates as product 1. */
export const flashSaleProduct: ProductSettings = {
  ...defaultSettings,
  name: "Flash Sale Product",
  priceMinor: 9999,
  currency: "USD",
}

/** Creates the demonstration product in a database without products. */
export async function seedIfEmpty(engine: Engine): Promise<void> {
  const [any] = await engine.views.products(0, 1)
  if (any === undefined) await seedProduct(engine, FIRST_STOCK)
}

/** Creates product 1 unless it exists. Returns false when it existed already. Throws when it cannot be created. */
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
  if (isRefusal(outcome)) throw new Error(`product 1 could not be created: ${outcome.code}`)
  return true
}
