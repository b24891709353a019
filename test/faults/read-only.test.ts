import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { expect, test } from "vitest"
import { throwAwayPostgres } from "../../src/proof/rehearsal/throw-away-postgres.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { runCommand } from "../support/command-line.ts"
import { differencesIn } from "../support/database.ts"
import { runSql } from "../support/rows.ts"

// A database that refuses writes: a demoted primary, a standby behind an old DNS name, a hosting provider's full disk.

const buy = (app: TestApp) => app.post("/api/holds", { product_id: 1, qty: 1 })

async function takeNoWrites(url: string): Promise<void> {
  await runSql(url, "alter system set default_transaction_read_only = on", "select pg_reload_conf()")
}

async function takeWrites(url: string): Promise<void> {
  await runSql(
    url,
    "set default_transaction_read_only = off",
    "alter system reset default_transaction_read_only",
    "select pg_reload_conf()",
  )
}

test(
  "a database that refuses writes: 503 and not ready until it accepts them, no fault logged, then sales continue",
  { timeout: 60_000 },
  async () => {
    await using ground = await throwAwayPostgres()
    await using app = await startTestApp({ databaseUrl: ground.url, worker: true })
    const before = await Promise.all(Array.from({ length: 8 }, () => buy(app)))
    const readyBefore = await app.get("/readyz")

    await takeNoWrites(ground.url)
    await expect.poll(() => app.get("/readyz").then(({ status }) => status)).toBe(503)
    const meanwhile = await Promise.all(Array.from({ length: 50 }, () => buy(app)))
    const alive = await app.get("/livez")
    await takeWrites(ground.url)
    await expect.poll(() => app.get("/readyz").then(({ status }) => status)).toBe(200)
    const after = await buy(app)

    expect(before.map(({ status }) => status)).toEqual(before.map(() => 201))
    expect(readyBefore.status).toBe(200)
    expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set([503]))
    for (const { headers, body } of meanwhile) {
      expect(body).toMatchObject({ code: "unavailable" })
      expect(headers["retry-after"]).toBe("1")
    }
    expect(alive.status).toBe(200)
    expect(after.status).toBe(201)
    expect(app.log.filter(({ msg }) => msg === "Fault.")).toEqual([])
    expect(await differencesIn(ground.url)).toEqual([])
  },
)

// With constant traffic no connection is idle for long enough to be closed for that reason.
test(
  "connections that could not write are closed, also under constant traffic",
  { timeout: 60_000 },
  async () => {
    await using ground = await throwAwayPostgres()
    await using app = await startTestApp({ databaseUrl: ground.url })
    await Promise.all(Array.from({ length: 8 }, () => buy(app)))

    await takeNoWrites(ground.url)
    const until = performance.now() + 3_000
    const statuses = new Set<number>()
    while (performance.now() < until) {
      for (const { status } of await Promise.all([buy(app), buy(app), app.get("/readyz")]))
        statuses.add(status)
      await sleep(20)
    }
    const open = await connectionsOf(ground.url)
    await takeWrites(ground.url)

    expect([...statuses].filter((status) => status >= 500 && status !== 503)).toEqual([])
    expect(open).toEqual([])
  },
)

/** The application names of the server's open connections, without those that are only being checked. */
async function connectionsOf(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(`
    select application_name
      from pg_stat_activity
     where application_name in ('doorbuster batches', 'doorbuster views')
       and backend_start < now() - interval '1 second'`)
  await client.end()
  return rows
}

test(
  "serve, migrate and doctor say in one line that the database refuses writes",
  { timeout: 60_000 },
  async () => {
    await using ground = await throwAwayPostgres()
    await takeNoWrites(ground.url)
    const environment = { DATABASE_URL: ground.url }

    const served = await runCommand(["serve", "--port", "0"], environment)
    const migrated = await runCommand(["migrate"], environment)
    const examined = await runCommand(["doctor"], environment)

    const line = "The database takes no writes: default_transaction_read_only is on\n"
    expect(served.status).toBe(1)
    expect(served.stderr).toBe(line)
    expect(migrated).toMatchObject({ status: 1, stderr: line })
    expect(examined.status).toBe(1)
    expect(examined.stdout).toMatch(/^BAD {2}writable: no: default_transaction_read_only is on/m)
  },
)
