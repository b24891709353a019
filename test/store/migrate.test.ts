import { expect, test } from "vitest"
import { withSchema } from "../../src/base/database-url.ts"
import { migrate, SchemaBusy } from "../../src/store/upkeep/migrate.ts"
import { migrationStates, requireSchema, SchemaMismatch } from "../../src/store/upkeep/schema.ts"
import { createTestDatabase, differencesIn, type TestDatabase } from "../support/database.ts"
import type { Database } from "../../src/store/pool.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

/** A database without a schema. */
async function createEmptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  await runSql(database.url, "drop schema public cascade", "create schema public")
  return database
}

test("an empty database gets the schema, and a second run applies nothing", async () => {
  await using empty = await createEmptyDatabase()
  await using database = openScopedDatabase(empty.url)
  const states = await migrationStates(database.views)
  expect(states.length).toBeGreaterThan(0)
  expect(states.map((state) => state.executedAt)).toEqual(states.map(() => null))

  expect(await migrate(empty.url)).toEqual(states.map((state) => state.name))
  expect(await migrate(empty.url)).toEqual([])

  expect((await migrationStates(database.views)).filter((state) => state.executedAt === null)).toEqual([])
  expect(await differencesIn(empty.url)).toEqual([])
})

test("of several processes that migrate at once, one applies each file", async () => {
  await using empty = await createEmptyDatabase()
  // The schema is missing, too.
  const url = withSchema(empty.url, "shop")
  await using database = openScopedDatabase(url)

  const done = await Promise.all([url, url, url].map((one) => migrate(one)))

  const all = (await migrationStates(database.views)).map((state) => state.name)
  expect(done.flat().sort()).toEqual(all)
  expect(await differencesIn(url)).toEqual([])
})

test("a failed migration changes nothing", async () => {
  await using empty = await createEmptyDatabase()
  // A table of this name already exists, and the file creates it near its end.
  await runSql(empty.url, "create view id_blocks as select 1 as one")
  await using database = openScopedDatabase(empty.url)

  await expect(migrate(empty.url)).rejects.toThrow(/id_blocks/)

  const { rows } = await database.views.query("select to_regclass('products') as products")
  expect(rows).toEqual([{ products: null }])
})

test("a database with the schema of a newer version is not changed", async () => {
  await using newer = await createTestDatabase()
  await runSql(
    newer.url,
    "insert into kysely_migration values ('9999_from_the_future', now()::text)",
    "update schema_program set needs = '9999_from_the_future'",
  )
  await expect(migrate(newer.url)).rejects.toThrow(SchemaMismatch)
})

const NEWEST = [
  "0008_origin_of_ids",
  "0010_refunds_elsewhere",
  "0011_payment_messages",
  "0012_variants",
  "0013_details",
  "0014_mails",
  "0015_order_page",
  "0016_search",
  "0017_shop",
  "0018_order_language",
  "0019_publication",
  "0020_product_content",
  "0021_product_settings",
  "0022_alerts",
  "0024_operators",
  "0025_unpaid_holds",
  "0026_customer_kind",
  "0027_mail_codes",
  "0028_claims",
  "0029_database_alert",
  "0030_variant_picture_alt",
  "0031_schema_program",
]

/** Undoes the newest migrations, as far as `migrate` can see. */
async function forgetNewest(url: string): Promise<void> {
  await runSql(
    url,
    "drop index admin_actions_of_order",
    "drop trigger id_blocks_remember_origin on id_blocks",
    "drop function jump_over_lost_ids()",
    "alter table id_blocks drop column origin",
    "drop function id_origin()",
    "drop table order_details",
    "drop table mails",
    "drop table mail_pace",
    "drop table schema_program",
    "drop table shop",
    "drop table product_contents",
    "drop table alerts",
    "drop table unpaid_holds",
    "drop table mail_codes",
    "drop table mail_code_total",
    "drop table operator_sessions",
    "drop table operators",
    "alter table admin_actions drop column operator_id, drop column operator_name",
    "alter table products drop column status, drop column status_paused",
    "alter table products drop column sku, drop column external_id, drop column stock_display, drop column customer",
    "alter table products drop column collect, drop column collect_since",
    "alter table holds drop column reference, drop column metadata",
    "alter table orders drop column reference, drop column metadata, drop column missing_details",
    "alter table orders drop column language",
    "alter table webhook_endpoints drop column include_details",
    "alter table refunds drop column reversals, drop column idempotency_key",
    "drop table payment_messages",
    "drop table variants",
    "alter table products drop column variants_version, drop column variants_paused",
    `alter table holds drop column unit_price_minor, drop column currency, drop column variant_id, drop column lines,
                       drop column ordered_with_lines`,
    "alter table orders drop column variant_id, drop column lines, alter column unit_price_minor set not null",
    "alter table stock_adjustments drop column variant_id",
    "delete from id_blocks where kind = 'variants'",
    "drop table claims, access_codes",
    "alter table products drop column phases, drop column claims_version, drop column phases_paused",
    "alter table holds drop column claimants, drop column ordered_with_claims",
    "alter table orders drop column claimants",
    `delete from kysely_migration where name in (${NEWEST.map((name) => `'${name}'`).join(", ")})`,
  )
}

test("a migration that waits behind a dump does not block the sale, and is applied after the dump", async () => {
  await using older = await createTestDatabase()
  await forgetNewest(older.url)
  await using database = openScopedDatabase(older.url)
  const dump = await database.views.connect()
  await dump.query("begin; select * from id_blocks")

  const migrated = migrate(older.url)
  await expect.poll(() => waitingFor(database, "id_blocks"), { timeout: 5_000 }).toBe(1)
  // Waits for its lock behind the migration, until the migration gives up its try.
  const startedAt = performance.now()
  await database.batches.query("update id_blocks set next_id = next_id + 1 where kind = 'holds'")
  const waitedMs = performance.now() - startedAt
  await dump.query("commit")
  dump.release()

  expect(waitedMs).toBeLessThan(3_000)
  expect(await migrated).toEqual(NEWEST)
})

test("a migration that never gets its lock names the cause, and changes nothing", async () => {
  await using older = await createTestDatabase()
  await forgetNewest(older.url)
  await using database = openScopedDatabase(older.url)
  const report = await database.views.connect()
  await report.query("begin; select * from id_blocks")

  await expect(migrate(older.url, { retryMs: 1_000 })).rejects.toThrow(SchemaBusy)
  await report.query("commit")
  report.release()

  await expect(requireSchema(database.views)).rejects.toThrow(
    `older than this program (${NEWEST.join(", ")} missing)`,
  )
})

test("each file has its own transaction: the files before a failed one stay applied", async () => {
  await using empty = await createEmptyDatabase()
  await using database = openScopedDatabase(empty.url)
  // Makes migration 7 fail.
  await runSql(empty.url, "create view admin_actions as select 1 as one")

  await expect(migrate(empty.url)).rejects.toThrow(/admin_actions/)

  const applied = (await migrationStates(database.views)).filter(({ executedAt }) => executedAt !== null)
  expect(applied.at(-1)?.name).toBe("0006_disputes")
})

async function waitingFor(database: Database, table: string): Promise<number> {
  const { rows } = await database.views.query(
    "select pid from pg_locks where not granted and relation = to_regclass($1)",
    [table],
  )
  return rows.length
}
