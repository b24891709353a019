import { expect, inject, test } from "vitest"
import { readDatabaseUrl } from "../../src/base/database-url.ts"
import { openConnection, urlOfOneServer } from "../../src/store/connection.ts"
import { NoConnection } from "../../src/store/errors.ts"
import { createServerChoice } from "../../src/store/server-choice.ts"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase } from "../support/database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

/** A URL of several servers, of which only the test server exists. */
function among(url: string, ...others: readonly string[]): string {
  const own = new URL(url)
  own.searchParams.set("host", [...others, own.searchParams.get("host")].join(","))
  return own.href
}

test("every kind of connection finds the one server that answers", async () => {
  await using own = await createTestDatabase()
  const url = among(own.url, "/nowhere", "/nobody")

  await using database = openScopedDatabase(url)
  const names = await Promise.all(
    [database.batches, database.views, database.upkeep].map(async (pool) => {
      const { rows } = await pool.query<{ name: string }>("select current_database() as name")
      return rows[0]?.name
    }),
  )
  const migration = await openConnection(url, "migrate")
  await migration.end()

  expect(names).toEqual(names.map(() => new URL(own.url).pathname.slice(1)))
  expect(readDatabaseUrl(await urlOfOneServer(url)).servers).toEqual(readDatabaseUrl(own.url).servers)
  expect(await runCommand(["migrate", "status"], { DATABASE_URL: url })).toMatchObject({ status: 0 })
  expect(await runCommand(["doctor"], { DATABASE_URL: url })).toMatchObject({ status: 0 })
  expect(await runCommand(["race", "--stock", "2", "--requests", "4"], { DATABASE_URL: url })).toMatchObject({
    status: 0,
  })
})

test("if no server takes writes, the error names the reason of each", async () => {
  await using own = await createTestDatabase()
  await runSql(
    inject("serverUrl"),
    `alter database ${new URL(own.url).pathname.slice(1)} set default_transaction_read_only = on`,
  )
  const url = among(own.url, "/nowhere")

  const failure = await createServerChoice(readDatabaseUrl(url).servers)().catch((error: unknown) => error)
  const examined = await runCommand(["doctor"], { DATABASE_URL: url })

  expect(failure).toBeInstanceOf(NoConnection)
  expect(String(failure)).toMatch(
    /no server of DATABASE_URL takes writes \(\/nowhere:\d+: connect ENOENT .*; \/.*: The database takes no writes: default_transaction_read_only is on\)/,
  )
  expect(examined.status).toBe(1)
  expect(examined.stdout).toMatch(/^BAD {2}database: .*no server of DATABASE_URL takes writes \(/m)
})

test("a chosen server stays chosen while it takes writes, and concurrent calls share a choice", async () => {
  await using own = await createTestDatabase()
  const { servers } = readDatabaseUrl(among(own.url, "/nowhere"))
  const [, there] = servers
  const choose = createServerChoice(servers)

  const [one, other] = [choose(), choose()]

  expect(one).toBe(other)
  expect(await one).toBe(there)
  expect(await choose()).toBe(there)
})
