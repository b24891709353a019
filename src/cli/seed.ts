import type { Config } from "../config.ts"
import { seedProduct } from "../seed.ts"
import { emptyDatabase } from "../store/housekeeping.ts"
import { withEngine } from "./database.ts"
import { print, printJson } from "./output.ts"

export interface SeedOptions {
  readonly stock: number
  /** Removes everything first. */
  readonly fresh: boolean
  readonly json: boolean
}

/** Makes product 1, "Flash Sale Product" at 99.99, if it is not there. */
export async function seed(config: Config, { stock, fresh, json }: SeedOptions): Promise<void> {
  const made = await withEngine(config, async (engine) => {
    if (fresh) await emptyDatabase(engine.database.views)
    return seedProduct(engine, stock)
  })
  if (json) return printJson({ product_id: 1, created: made })
  print(
    made ? `Product 1 is on offer with ${stock} units.` : "Product 1 was there already; nothing was changed.",
  )
}
