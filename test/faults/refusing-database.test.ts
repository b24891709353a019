import pg from "pg"
import { expect, test } from "vitest"
import { throwAwayPostgres } from "../../src/proof/rehearsal/throw-away-postgres.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"

// PostgreSQL returns errors: a few times, always, or to every connection. Every hold with a 2xx response exists once.

/** Errors that PostgreSQL may return for a correct statement. */
const passing = [
  ["40001", "a serialisation failure"],
  ["40P01", "a deadlock"],
  ["55P03", "a lock that is not available"],
  ["57014", "a time-out"],
  ["57P01", "a shutdown"],
  ["53100", "a full disk"],
  ["53200", "no memory"],
  ["58030", "a broken disk"],
] as const

/** Makes the insertion of a hold, or the COMMIT after it, fail a number of times with this SQLSTATE. */
async function plantFailures(
  engine: TestEngine,
  { state, times, atCommit }: { state: string; times: number; atCommit: boolean },
): Promise<void> {
  // A sequence keeps its value when a transaction is rolled back.
  await engine.database.views.query(`
    create sequence failures;
    create function fail() returns trigger language plpgsql as $$
      begin
        if nextval('failures') <= ${times} then raise exception 'planted' using errcode = '${state}'; end if;
        return null;
      end $$;
    create ${atCommit ? "constraint" : ""} trigger planted after insert on holds
      ${atCommit ? "deferrable initially deferred" : ""} for each row execute function fail()`)
}

async function hold(engine: TestEngine, productId: number) {
  const holdId = await engine.ids.next("holds")
  const command = { kind: "place_hold", productId, holdId, qty: 1, customerId: null } as const
  return { holdId, ...(await engine.lanes.submit(command)) }
}

async function holdIds(engine: TestEngine): Promise<number[]> {
  const { rows } = await engine.database.views.query<{ id: number }>("select id from holds order by id")
  return rows.map(({ id }) => id)
}

test.for(passing.flatMap(([state, what]) => [false, true].map((atCommit) => ({ state, what, atCommit }))))(
  "a batch that fails with $what ($state; at COMMIT: $atCommit) is retried, and its hold exists once",
  async ({ state, atCommit }) => {
    await using engine = await createTestEngine()
    const productId = await newProduct(engine, { stock: 10 })
    await plantFailures(engine, { state, times: 2, atCommit })

    const { holdId, outcome } = await hold(engine, productId)

    expect(outcome).toMatchObject({ id: holdId, status: "active" })
    expect(await holdIds(engine)).toEqual([holdId])
    expect((await engine.views.product(productId))?.product).toMatchObject({ held: 1 })
    expect(await differencesIn(engine.url)).toEqual([])
  },
)

test.for(passing)("a database that always fails with %s (%s): 503, and no unit is held", async ([state]) => {
  await using app = await startTestApp()
  await using engine = await createTestEngine({}, app.databaseUrl)
  await plantFailures(engine, { state, times: 1_000, atCommit: false })

  const answer = await app.post("/api/holds", { product_id: 1, qty: 1 })
  const beside = await app.get("/api/products/1")

  expect(answer).toMatchObject({ status: 503, body: { code: "unavailable" } })
  expect(answer.headers["retry-after"]).toBe("1")
  expect(beside.status).toBe(200)
  expect(await holdIds(engine)).toEqual([])
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

test(
  "other clients have taken every connection: 503 until they are free, then sales continue",
  { timeout: 60_000 },
  async () => {
    await using ground = await throwAwayPostgres()
    await using app = await startTestApp({ databaseUrl: ground.url })
    const before = await app.post("/api/holds", { product_id: 1, qty: 1 })

    const greedy = await takeAllConnections(ground.url)
    const meanwhile = await buy(app)
    const ready = await app.get("/readyz")
    const alive = await app.get("/livez")
    await Promise.all(greedy.map((client) => client.end()))
    await expect.poll(() => buy(app).then(({ status }) => status), { timeout: 10_000 }).toBe(201)

    expect(before.status).toBe(201)
    expect(meanwhile).toMatchObject({ status: 503, body: { code: "unavailable" } })
    expect(ready.status).toBe(503)
    expect(alive.status).toBe(200)
    expect((await app.get(`/api/holds/${before.body.hold_id}`)).status).toBe(200)
    expect(await differencesIn(ground.url)).toEqual([])
  },
)

function buy(app: TestApp) {
  return app.post("/api/holds", { product_id: 1, qty: 1 })
}

/** Takes all connections and terminates those of other clients, again and again, because new ones are not listed yet. */
async function takeAllConnections(url: string): Promise<pg.Client[]> {
  const first = greedyClient(url)
  await first.connect()
  const taken = [first]
  const limit = await connectionLimit(first)
  while (taken.length < limit) {
    const client = greedyClient(url)
    if (await connects(client)) taken.push(client)
    else await endOthers(first)
  }
  return taken
}

function greedyClient(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, application_name: "greedy" })
  client.on("error", () => undefined)
  return client
}

/** Opens one more connection. False if PostgreSQL has too many. */
async function connects(client: pg.Client): Promise<boolean> {
  return client.connect().then(
    () => true,
    (error: unknown) => {
      if (error instanceof pg.DatabaseError && error.code === "53300") return false
      throw error
    },
  )
}

async function connectionLimit(client: pg.Client): Promise<number> {
  const found = await client.query<{ max_connections: string }>("show max_connections")
  return Number(found.rows[0]?.max_connections)
}

async function endOthers(client: pg.Client): Promise<void> {
  await client.query(`
    select pg_terminate_backend(pid)
      from pg_stat_activity
     where backend_type = 'client backend'
       and application_name <> 'greedy'`)
}
