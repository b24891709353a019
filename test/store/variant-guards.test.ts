import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { needs } from "../../src/domain/needs.ts"
import { reserveUnits } from "../../src/domain/units.ts"
import { productOf } from "../../src/domain/working-set.ts"
import { loadWorkingSet, type LoadedWorkingSet } from "../../src/store/batch/load.ts"
import { saveChanges } from "../../src/store/batch/save.ts"
import { isBrokenGuard } from "../../src/store/errors.ts"
import type { Database } from "../../src/store/pool.ts"
import { transaction, type Tx } from "../../src/store/tx.ts"
import { RULES } from "../support/builders.ts"
import { createTestDatabase, type TestDatabase } from "../support/database.ts"
import { everyRow, insertRow, openScopedDatabase } from "../support/rows.ts"

let own: TestDatabase
let database: Database

beforeAll(async () => {
  own = await createTestDatabase()
  database = openScopedDatabase(own.url)
})

afterAll(async () => {
  await database.close()
  await own[Symbol.asyncDispose]()
})

/** Product 1 at version 7, with the variants 1 and 2. */
beforeEach(async () => {
  await database.views.query("truncate products, variants")
  const version = { version: 7, variants_version: 7, paused: true, variants_paused: false }
  await insertRow(database.views, "products", { ...version, stock: 20, held: 4, sold: 6 })
  for (const id of [1, 2]) await insertRow(database.views, "variants", { id })
})

const basket = [1, 2].map((variantId) => ({ variantId, qty: 1 }))

type Tamper = (loaded: LoadedWorkingSet, tx: Tx) => Promise<LoadedWorkingSet>

/** Loads product 1, holds one unit of each variant, lets `tamper` change something, and saves. */
function holdBoth(tamper: Tamper): Promise<void> {
  return transaction(database.batches, async (tx) => {
    const batch = await loadWorkingSet(tx, { productId: 1, needs: needs([]), rules: RULES })
    const [loaded] = batch.sets
    if (loaded === undefined) throw new Error("the product was not loaded")
    reserveUnits(loaded.state, { qty: 2, customerId: null, claimants: null, lines: basket }, [])
    const sets = [await tamper(loaded, tx)]
    await Promise.all(saveChanges(tx, { ...batch, sets }))
  })
}

test("the counters of a product and of its variants are written together", async () => {
  await holdBoth((loaded) => Promise.resolve(loaded))

  const { products, variants } = await everyRow(database.views)
  expect(products).toMatchObject([{ version: 8, variants_version: 8, stock: 20, held: 6, sold: 6 }])
  expect(variants).toMatchObject([
    { id: 1, stock: 10, held: 3, sold: 3 },
    { id: 2, stock: 10, held: 3, sold: 3 },
  ])
})

test.each<[string, Tamper]>([
  [
    "that has moved on since it was loaded",
    async (loaded) => {
      loaded.state.loadedProduct = { ...productOf(loaded.state), version: 6 }
      return loaded
    },
  ],
  ["whose row has moved away", async (loaded) => ({ ...loaded, rowLocation: "(4000,1)" })],
  [
    "one variant of which is gone",
    async (loaded, tx) => {
      await tx.query("delete from variants where id = 2")
      return loaded
    },
  ],
])("a batch on a product with variants %s is undone", async (_, tamper) => {
  const before = await everyRow(database.views)

  const fault: unknown = await holdBoth(tamper).catch((error: unknown) => error)

  expect(isBrokenGuard(fault)).toBe(true)
  expect(await everyRow(database.views)).toEqual(before)
})
