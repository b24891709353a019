import { expect, test } from "vitest"
import { migrate } from "../../src/store/upkeep/migrate.ts"
import type { IndexProgress } from "../../src/store/upkeep/late-indexes.ts"
import { createTestDatabase } from "../support/database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

const valid = `
  select relname
    from pg_class
    join pg_index on indexrelid = pg_class.oid
   where relname in ('orders_by_age', 'orders_by_reference', 'holds_by_reference')
     and indisvalid
   order by relname`
const all = ["holds_by_reference", "orders_by_age", "orders_by_reference"].map((relname) => ({ relname }))

test("the indexes of the search are built beside a sale, which waits for none of them", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await runSql(own.url, "drop index orders_by_age", "drop index holds_by_reference")
  const sale = await database.views.connect()
  await sale.query(
    "begin; insert into orders select (jsonb_populate_record(null::orders, '{}')).* where false",
  )

  const told: IndexProgress[] = []
  const migrated = migrate(own.url, { onIndex: (progress) => told.push(progress) })
  const isBuilding =
    "select 1 from pg_stat_activity where query like 'create index%' and wait_event_type = 'Lock'"
  await expect
    .poll(async () => (await database.lookups.query(isBuilding)).rows.length, { timeout: 20_000 })
    .toBe(1)
  const startedAt = performance.now()
  await database.batches.query("begin; lock table orders in row exclusive mode; commit")
  const waitedMs = performance.now() - startedAt
  await expect.poll(() => told.at(-1)?.phase).toMatch(/^waiting for writers/)
  await sale.query("commit")
  sale.release()
  await migrated

  expect(waitedMs).toBeLessThan(1_000)
  expect(told[0]).toMatchObject({ index: "orders_by_age" })
  expect((await database.views.query(valid)).rows).toEqual(all)
})

test("an index whose build was broken off is built again, once by several processes", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await runSql(
    own.url,
    "update pg_index set indisvalid = false where indexrelid = 'orders_by_reference'::regclass",
  )
  expect((await database.views.query(valid)).rows).toHaveLength(2)
  await Promise.all([migrate(own.url), migrate(own.url), migrate(own.url)])
  expect((await database.views.query(valid)).rows).toEqual(all)
})
