import pg from "pg"
import { expect, test } from "vitest"
import { needs } from "../../src/domain/needs.ts"
import { isConnectionLoss } from "../../src/store/errors.ts"
import { openDatabase } from "../../src/store/pool.ts"
import { createProductStore } from "../../src/store/batch/product-store.ts"
import { RULES } from "../support/builders.ts"
import { createTestDatabase } from "../support/database.ts"
import { insertRow } from "../support/rows.ts"

// All batches of a product wait for its row lock, so no session may keep it for ever.

const lock = "select from products where id = $1 for update"

async function secondsOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work
  return (performance.now() - startedAt) / 1000
}

test("a product's row is released after five seconds, a wait for it ends as soon, and a statement ends after eight", async () => {
  await using own = await createTestDatabase()
  const database = openDatabase({ url: own.url })
  const other = new pg.Client({ connectionString: own.url })
  await other.connect()
  const halted = await database.batches.connect()
  try {
    for (const id of [1, 2]) await insertRow(database.views, "products", { id })
    // This process hangs in the middle of a batch: the server releases product 1.
    await halted.query("begin")
    await halted.query(lock, [1])
    // A session of another program locks product 2 and never releases it.
    await other.query("begin")
    await other.query(lock, [2])

    const [freed, refused, stuck] = await Promise.all([
      secondsOf(database.views.query("set lock_timeout = 0; select from products where id = 1 for update")),
      secondsOf(
        expect(createProductStore(database, RULES).transact(2, needs([]), () => {})).rejects.toMatchObject({
          code: "55P03",
        }),
      ),
      secondsOf(expect(database.views.query("select pg_sleep(30)")).rejects.toMatchObject({ code: "57014" })),
    ])
    expect(freed).toBeGreaterThan(4)
    expect(freed).toBeLessThan(7.5)
    expect(refused).toBeGreaterThan(4)
    expect(refused).toBeLessThan(7.5)
    expect(stuck).toBeGreaterThan(7)
    await expect(halted.query("select")).rejects.toSatisfy(isConnectionLoss)
  } finally {
    halted.release(true)
    await other.end()
    await database.close()
  }
})
