import { defaultSettings, type ProductSettings } from "../../src/domain/product.ts"
import { isRefusal } from "../../src/domain/refusals.ts"
import type { Engine } from "../../src/engine.ts"

const settings: ProductSettings = {
  ...defaultSettings,
  name: "Test product",
  priceMinor: 9999,
  currency: "EUR",
}

/** Creates a product through its lane and returns its id. */
export async function newProduct(
  engine: Engine,
  options: { stock: number; settings?: Partial<ProductSettings> },
): Promise<number> {
  const { outcome } = await engine.lanes.submit({
    kind: "create_product",
    productId: await engine.ids.next("products"),
    settings: { ...settings, ...options.settings },
    stock: options.stock,
    adjustmentId: await engine.ids.next("stock_adjustments"),
  })
  if (isRefusal(outcome)) throw new Error(`the test's product was refused: ${outcome.code}`)
  return outcome.id
}
