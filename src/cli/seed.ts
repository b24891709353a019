import type pg from "pg"
import type { Config } from "../config/config.ts"
import { seedProduct, seedSizes, type SeededSizes } from "../seed.ts"
import { countSales, emptyDatabase } from "../store/upkeep/housekeeping.ts"
import { requireDatabase, withEngine } from "./database.ts"
import { UsageError } from "../base/command-errors.ts"
import { print, printJson } from "./output.ts"

export interface SeedOptions {
  readonly stock: number
  /** Remove everything first. */
  readonly fresh: boolean
  /** Also create a shoe in sizes. */
  readonly sizes: boolean
  /** Confirms that orders and payments may be removed. */
  readonly yes: boolean
  readonly json: boolean
}

/** Creates product 1, "Flash Sale Product" at 99.99, if it does not exist; with `sizes` also "Flash Sale Shoe". */
export async function seed(config: Config, { stock, fresh, sizes, yes, json }: SeedOptions): Promise<void> {
  if (fresh) requireDatabase(config)
  const { made, shoe } = await withEngine(
    config,
    async (engine) => {
      if (fresh) await empty(engine.database.views, yes)
      return { made: await seedProduct(engine, stock), shoe: sizes ? await seedSizes(engine) : null }
    },
    { makesSchema: true },
  )
  if (json) {
    const second = shoe !== null && { sizes: { product_id: shoe.productId, created: shoe.created } }
    return printJson({ product_id: 1, created: made, ...second })
  }
  print(seedResult(made, stock))
  if (shoe !== null) print(sizesResult(shoe))
}

function sizesResult({ productId, created }: SeededSizes): string {
  return created
    ? `Product ${productId}, a shoe in three sizes, is on sale.`
    : `Product ${productId}, the shoe in three sizes, exists already; nothing was changed.`
}

/** Returns one line that says whether product 1 was created. */
export function seedResult(made: boolean, stock: number): string {
  return made ? `Product 1 is on sale with ${stock} units.` : "Product 1 exists already; nothing was changed."
}

async function empty(pool: pg.Pool, yes: boolean): Promise<void> {
  const { orders, payments } = await countSales(pool)
  if (!yes && orders + payments > 0) {
    throw new UsageError(
      `--fresh would remove ${orders} orders and ${payments} payments; add --yes to confirm`,
    )
  }
  await emptyDatabase(pool)
}
