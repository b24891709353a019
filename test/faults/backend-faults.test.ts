import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { expect, test } from "vitest"
import { throwAwayPostgres } from "../../src/proof/rehearsal/throw-away-postgres.ts"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { startEndlessCrowd } from "../support/endless-crowd.ts"

// A PostgreSQL backend is killed or stopped, by chance in the middle of a batch.

/** The backend that runs a batch at the moment or, if none does, ran the last one. */
async function backendOfBatches(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: number }>(`
      select pid from pg_stat_activity
       where application_name = 'doorbuster batches'
       order by state = 'active' desc, state_change desc
       limit 1`)
    return rows[0]?.pid ?? Number.NaN
  } finally {
    await client.end()
  }
}

test.each([
  [
    "killed: PostgreSQL ends all connections and recovers by itself",
    async (pid: number) => void process.kill(pid, "SIGKILL"),
  ],
  [
    "frozen for three seconds",
    async (pid: number) => {
      process.kill(pid, "SIGSTOP")
      await sleep(3_000)
      process.kill(pid, "SIGCONT")
    },
  ],
])("a backend is %s: what was acknowledged is there, once", { timeout: 120_000 }, async (_, harm) => {
  await using ground = await throwAwayPostgres()
  await using app = await startTestApp({ databaseUrl: ground.url, worker: true })
  const settings = {
    name: "Race",
    price_minor: 9999,
    currency: "EUR",
    stock: 1_000_000,
    hold_ttl_seconds: 600,
  }
  const { body: product } = await app.post("/api/admin/products", settings)
  const crowd = startEndlessCrowd(app, product.id)
  for (let round = 0; round < 3; round += 1) {
    const soFar = crowd.acknowledged.length
    await crowd.until(() => crowd.acknowledged.length > soFar + 300)
    await harm(await backendOfBatches(ground.url))
  }
  const soFar = crowd.acknowledged.length
  await crowd.until(() => crowd.acknowledged.length > soFar + 300)
  await crowd.stop()

  for (const refusal of crowd.refused) {
    expect(refusal).toMatchObject({
      status: 503,
      code: expect.stringMatching(/^(unavailable|overloaded)$/),
      retryAfter: "1",
    })
  }
  expect(new Set(crowd.acknowledged).size).toBe(crowd.acknowledged.length)
  expect(await crowd.missing(crowd.acknowledged)).toEqual([])
  expect(await differencesIn(ground.url)).toEqual([])
})
