import type pg from "pg"
import { expect, test } from "vitest"
import { dueProducts, emptyDatabase, removeOldIdempotencyKeys } from "../../src/store/upkeep/housekeeping.ts"
import { createTestDatabase } from "../support/database.ts"
import { everyRow, insertRow, openScopedDatabase, type Table } from "../support/rows.ts"

test("idempotency keys are kept for 24 hours, and then removed", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  for (const [key, age] of Object.entries({
    now: "0 hours",
    young: "23 hours 59 minutes",
    old: "24 hours",
    ancient: "48 hours",
  })) {
    await database.views.query(
      "insert into idempotency_keys values ('s', $1, 'f', '{}', clock_timestamp() - $2::interval)",
      [key, age],
    )
  }

  expect(await removeOldIdempotencyKeys(database.upkeep, null)).toMatchObject({ removed: 2, isFull: false })
  expect(await removeOldIdempotencyKeys(database.upkeep, null)).toEqual({
    removed: 0,
    last: null,
    isFull: false,
  })

  const { idempotency_keys: kept } = await everyRow(database.views)
  expect(kept).toMatchObject([{ key: "now" }, { key: "young" }])
})

test("old keys are removed in chunks, and a second process does not wait for the first one", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await database.views.query(`
    insert into idempotency_keys
    select 's', 'key-' || n, 'f', '{}', clock_timestamp() - interval '25 hours'
      from generate_series(1, 1500) as n`)
  const removed = await Promise.all([
    removeOldIdempotencyKeys(database.views, null),
    removeOldIdempotencyKeys(database.views, null),
  ])
  const counts = removed.map((batch) => batch.removed)
  expect(Math.max(...counts)).toBeLessThanOrEqual(1_000)
  expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBeLessThanOrEqual(1_500)
  await removeOldIdempotencyKeys(database.views, null)
  expect((await everyRow(database.views))["idempotency_keys"]).toEqual([])
})

test("the next chunk of keys begins where the last one ended", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await database.views.query(`
    insert into idempotency_keys
    select 's', 'key-' || n, 'f', '{}', clock_timestamp() - interval '30 hours' + make_interval(secs => n)
      from generate_series(1, 1500) as n`)

  const first = await removeOldIdempotencyKeys(database.upkeep, null)
  expect(first).toMatchObject({ removed: 1_000, isFull: true })
  await insertRow(database.views, "idempotency_keys", {
    key: "before it",
    created_at: "2020-01-01T00:00:00Z",
  })
  expect(await removeOldIdempotencyKeys(database.upkeep, first.last)).toMatchObject({ removed: 500 })

  expect((await everyRow(database.views))["idempotency_keys"]).toMatchObject([{ key: "before it" }])
})

test("products with due holds or orders are listed, the longest due first", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const pool = database.views
  const [past, longPast, future] = ["2021-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"]
  for (const id of [1, 2, 3, 4]) await insertRow(pool, "products", { id, held: 2 })
  await insertRow(pool, "holds", { id: 1, product_id: 1, expires_at: past })
  await insertRow(pool, "orders", { id: 2, product_id: 2, expires_at: longPast })
  await insertRow(pool, "holds", { id: 3, product_id: 3, expires_at: future })
  await insertRow(pool, "holds", {
    id: 4,
    product_id: 4,
    status: "released",
    expires_at: past,
    ended_at: past,
  })

  const due = await dueProducts(pool, 10)

  expect(due.map((product) => product.productId)).toEqual([2, 1])
  expect(due[0]?.lagSeconds).toBeGreaterThan(due[1]?.lagSeconds ?? Infinity)
  expect(due[1]?.lagSeconds).toBeGreaterThan(0)
  expect(await dueProducts(pool, 1)).toMatchObject([{ productId: 2 }])
})

test("an emptied database has nothing of its products, and continues with new ids", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const ofProducts = await tablesOfProducts(database.views)
  expect(ofProducts).toContain("order_details")
  for (const table of ["products", ...ofProducts]) await insertRow(database.views, table as Table)
  await database.views.query("update id_blocks set next_id = 500")

  await emptyDatabase(database.views)

  const rows = await everyRow(database.views)
  // The log of what the shop's people did is about people, and outlives the products.
  const left = ["products", ...ofProducts].filter((table) => rows[table]?.length !== 0)
  expect(left).toEqual(["admin_actions"])
  expect(rows["id_blocks"]).toHaveLength(7)
  expect(rows["id_blocks"]).toContainEqual(expect.objectContaining({ kind: "orders", next_id: 500 }))
})

/** All tables whose rows belong to a product. */
async function tablesOfProducts(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(`
    select table_name as name
      from information_schema.columns
     where table_schema = 'public'
       and column_name = 'product_id'
     order by table_name`)
  return rows.map(({ name }) => name)
}
