import { expect, test } from "vitest"
import { needs } from "../../src/domain/needs.ts"
import type { Command } from "../../src/domain/commands.ts"
import { execute } from "../../src/domain/execute.ts"
import { defaultSettings } from "../../src/domain/product.ts"
import type { WorkingSet } from "../../src/domain/working-set.ts"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"
import { throwAwayPostgres } from "../../src/proof/rehearsal/throw-away-postgres.ts"
import { UnknownCommit } from "../../src/store/errors.ts"
import { createIds } from "../../src/store/batch/ids.ts"
import { migrate } from "../../src/store/upkeep/migrate.ts"
import { openDatabase } from "../../src/store/pool.ts"
import { createProductStore } from "../../src/store/batch/product-store.ts"
import { RULES } from "../support/builders.ts"

/** How many transactions run after the crash: more than the transaction ids it can have lost, so that one is reused. */
const OTHERS = 50

test(
  "a batch that was lost in a crash is not confused with a later transaction that got the same id",
  { timeout: 60_000 },
  async () => {
    await using ground = await throwAwayPostgres()
    await using proxy = await startDatabaseProxy(ground.url)
    await migrate(ground.url)
    const quiet = { onConnectionError: () => undefined }
    const direct = openDatabase({ url: ground.url, ...quiet })
    const proxied = openDatabase({ url: proxy.url, ...quiet })
    try {
      const { productId, holdId } = await heldUnit(direct)
      const release: Command = { kind: "release_hold", productId, holdId }
      let left: { state: WorkingSet; mark: string } | undefined
      let crashed = Promise.resolve()
      const lost = createProductStore(proxied, RULES).transact(
        productId,
        needs([release]),
        (state, now, mark) => {
          execute(state, release, now)
          left = { state, mark }
          // The statements from here on, including COMMIT, never reach PostgreSQL, and the writes so far are in its memory only.
          proxy.stall(30_000)
          crashed = ground.crash?.() ?? crashed
        },
      )
      const failure = lost.catch((error: unknown) => error)
      await expect.poll(() => left, { timeout: 10_000 }).toBeDefined()
      await crashed
      proxy.cut()
      expect(await failure).toBeInstanceOf(UnknownCommit)

      // One of these transactions gets the lost batch's id and commits.
      for (let count = 0; count < OTHERS; count += 1) {
        await direct.views.query("update products set name = name where id = $1", [productId])
      }

      if (left === undefined) throw new Error("the batch was not executed")
      expect(await createProductStore(direct, RULES).wasCommitted(left.state, left.mark)).toBe(false)
      const { rows } = await direct.views.query("select status from holds where id = $1", [holdId])
      expect(rows).toEqual([{ status: "active" }])
    } finally {
      await direct.close()
      await proxied.close()
    }
  },
)

/** Creates a product with one unit and a hold on it. */
async function heldUnit(database: ReturnType<typeof openDatabase>) {
  const ids = createIds(database)
  const store = createProductStore(database, RULES)
  const [productId, adjustmentId, holdId] = await Promise.all([
    ids.next("products"),
    ids.next("stock_adjustments"),
    ids.next("holds"),
  ])
  const settings = { ...defaultSettings, name: "Lamp", priceMinor: 1, currency: "EUR" }
  const commands: Command[] = [
    { kind: "create_product", productId, adjustmentId, settings, stock: 1 },
    { kind: "place_hold", productId, holdId, qty: 1, customerId: null },
  ]
  for (const command of commands) {
    await store.transact(productId, needs([command]), (state, now) => void execute(state, command, now))
  }
  return { productId, holdId }
}
