import { expect, test } from "vitest"
import { migrate, migrationStates, SchemaMismatch } from "../../src/store/upkeep/migrate.ts"
import { createTestDatabase, differencesIn, type TestDatabase } from "../support/database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

/** A database without a schema. */
async function createEmptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  await runSql(database.url, "drop schema public cascade", "create schema public")
  return database
}

test("an empty database gets the schema; the second time nothing is left to do", async () => {
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

test("of processes that migrate at once, one does it and the others find it done", async () => {
  await using empty = await createEmptyDatabase()
  await using database = openScopedDatabase(empty.url)

  const done = await Promise.all([empty.url, empty.url, empty.url].map(migrate))

  const all = (await migrationStates(database.views)).map((state) => state.name)
  expect(done.filter((names) => names.length > 0)).toEqual([all])
  expect(await differencesIn(empty.url)).toEqual([])
})

test("a migration that fails leaves nothing behind", async () => {
  await using empty = await createEmptyDatabase()
  // Something with the name of a table that comes late in the file is in the way.
  await runSql(empty.url, "create view id_blocks as select 1 as one")
  await using database = openScopedDatabase(empty.url)

  await expect(migrate(empty.url)).rejects.toThrow(/id_blocks/)

  const { rows } = await database.views.query("select to_regclass('products') as products")
  expect(rows).toEqual([{ products: null }])
})

test("a database of a newer program is left alone", async () => {
  await using newer = await createTestDatabase()
  await runSql(newer.url, "insert into kysely_migration values ('9999_from_the_future', now()::text)")
  await expect(migrate(newer.url)).rejects.toThrow(SchemaMismatch)
})
