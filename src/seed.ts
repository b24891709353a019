import type { NewVariant } from "./domain/commands.ts"
import { defaultSettings, type ProductSettings } from "./domain/product.ts"
import { isRefusal } from "./domain/refusals.ts"
import { defaultVariantSettings } from "./domain/variant.ts"
import type { Engine } from "./engine.ts"

const FIRST_STOCK = 100

/** The demonstration product that the first start creates as product 1. */
export const flashSaleProduct: ProductSettings = {
  ...defaultSettings,
  name: "Flash Sale Product",
  priceMinor: 9999,
  currency: "USD",
}

/** The second demonstration product, a shoe in sizes. It is created only on request, so that the first stays alone. */
const shoe: ProductSettings = {
  ...defaultSettings,
  name: "Flash Sale Shoe",
  priceMinor: 12_900,
  currency: "USD",
  maxPerHold: 3,
}

/** The sizes of {@link shoe}: few units of the one that most buyers want, and a higher price for the largest. */
const shoeSizes = [
  { size: "41", stock: 10, priceMinor: null },
  { size: "42", stock: 3, priceMinor: null },
  { size: "43", stock: 10, priceMinor: 13_900 },
] as const

/** Whether a start puts the demonstration product on sale: in closed mode buyers may come, and nothing is sold unasked. */
export function hasDemonstration({ adminToken }: { readonly adminToken: string | null }): boolean {
  return adminToken === null
}

/** Creates the demonstration product in a database without products. */
export async function seedIfEmpty(engine: Engine): Promise<void> {
  const { products } = await engine.views.products(0, 1)
  if (products.length === 0) await seedProduct(engine, FIRST_STOCK)
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

/** The shoe in sizes, and whether it was created now. */
export interface SeededSizes {
  readonly productId: number
  readonly created: boolean
}

/** The shoe is looked for among so many products, which is more than a demonstration has. */
const LOOKED_AT = 100

/** Creates the shoe in sizes, unless there is a product of its name. Throws when it cannot be created. */
export async function seedSizes({ views, ids, lanes }: Engine): Promise<SeededSizes> {
  const { products } = await views.products(0, LOOKED_AT)
  const present = products.find(({ product }) => product.name === shoe.name)
  if (present !== undefined) return { productId: present.product.id, created: false }
  const productId = await ids.next("products")
  const { outcome } = await lanes.submit({
    kind: "create_product",
    productId,
    settings: shoe,
    stock: 0,
    adjustmentId: await ids.next("stock_adjustments"),
    variants: await newSizes(ids),
  })
  if (isRefusal(outcome)) throw new Error(`the shoe in sizes could not be created: ${outcome.code}`)
  return { productId, created: true }
}

async function newSizes(ids: Engine["ids"]): Promise<NewVariant[]> {
  const variants: NewVariant[] = []
  for (const { size, stock, priceMinor } of shoeSizes) {
    variants.push({
      variantId: await ids.next("variants"),
      settings: {
        ...defaultVariantSettings,
        position: null,
        name: size,
        sku: `SHOE-${size}`,
        options: { size },
        priceMinor,
      },
      stock,
      adjustmentId: await ids.next("stock_adjustments"),
    })
  }
  return variants
}
