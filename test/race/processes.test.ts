import pg from "pg"
import { expect, test } from "vitest"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { holdsByProcess, startServerProcesses } from "../support/processes.ts"

// Each process has its own lane for the product: only the lock of the product's row serialises them.
test("two processes on one port: 500 of 4,000 requests succeed, both processes have sold, and the rows agree", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url })

  // Without this, one process could have sold everything before the other has its first connection to the database.
  const locker = new pg.Client({ connectionString: database.url })
  await locker.connect()
  await locker.query("begin")
  await locker.query("lock table holds in share mode")
  const race = runCommand(["race", "--json", "--stock", "500", "--requests", "4000", "--url", server.url])
  await expect.poll(() => batchesThatWait(database.url), { timeout: 15_000 }).toBe(2)
  await locker.end()
  const { stdout } = await race

  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    successful: 500,
    failed: 3_500,
    failures: { out_of_stock: 3_500 },
    final_stock: 0,
  })
  const sold = holdsByProcess(server)
  expect(Object.keys(sold)).toEqual(["1", "2"])
  expect((sold["1"] ?? 0) + (sold["2"] ?? 0)).toBe(500)
  expect(await differencesIn(database.url)).toEqual([])
  expect(await server.end("SIGTERM")).toBe(0)
})

async function batchesThatWait(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    return rowCount ?? 0
  } finally {
    await client.end()
  }
}
