import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { throwAwayPostgres } from "../../src/proof/rehearsal/throw-away-postgres.ts"
import { startTestApp } from "../support/app.ts"
import { createTestEngine } from "../support/database.ts"
import { leavesOutPostgres15, startPostgres15 } from "../support/postgres-15.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"
import { playBusySale } from "../support/busy-database.ts"

// A wrong planner setting shows in the times of statements only, and differently in each version of PostgreSQL.

interface Statement {
  readonly query: string
  readonly calls: number
  readonly jitFunctions: number
  /** The shortest time of one call, in milliseconds. */
  readonly least: number
}

/** Runs a sale with its worker at the server of `url`; returns the times that the server counted for each statement. */
async function statementsOfSale(url: string): Promise<readonly Statement[]> {
  await runSql(url, "create extension if not exists pg_stat_statements", "select pg_stat_statements_reset()")
  {
    await using app = await startTestApp({ databaseUrl: url, worker: true, seed: false })
    await using engine = await createTestEngine({}, url)
    await playBusySale(engine)
    for (let sale = 0; sale < 20; sale += 1) {
      const hold = await app.post("/api/holds", { product_id: 1, qty: 1, customer_id: `buyer ${sale}` })
      const order = await app.post("/api/orders", { hold_id: hold.body.hold_id })
      await app.get(`/api/orders/${order.body.order_id}`)
      await app.get("/api/products/1")
    }
    await app.post("/api/admin/webhook-endpoints", { url: "https://shop.example/events" })
    // The worker looks four times a second for due holds and orders.
    await sleep(1_500)
  }
  await using database = openScopedDatabase(url)
  const { rows } = await database.views.query<Statement>(`
    select query,
           calls,
           jit_functions as "jitFunctions",
           min_exec_time as "least"
      from pg_stat_statements
     where dbid = (select oid from pg_database where datname = current_database())
       and query not like '%pg_stat_statements%'`)
  return rows
}

/** Compiling a statement takes more than a hundred milliseconds each time; no statement of a sale takes so long. */
const COMPILED_MS = 100
/** Of several calls, the shortest has waited for nothing else. */
const SLOW_MS = 20

/** Parts of statements that must have been counted, so that the test cannot pass without statements. */
const expected = [
  "for update",
  "insert into holds",
  "insert into orders",
  "insert into payments",
  "payment_events",
  "idempotency_keys",
  "outbox",
  "cross join lateral",
  "refunds",
]

/** Lists statements that are missing, that were compiled, or that took long each time. */
function faultsIn(statements: readonly Statement[]): unknown[] {
  return [
    ...expected.filter((words) => !statements.some(({ query }) => query.includes(words))),
    ...statements.filter(({ jitFunctions }) => jitFunctions > 0),
    // The statements of migrations run once and may take long.
    ...statements.filter(
      ({ query, calls, least }) =>
        least > (calls > 1 ? SLOW_MS : COMPILED_MS) &&
        /^\s*\(?(?:with|select|insert|update|delete)/.test(query),
    ),
  ]
}

test.skipIf(leavesOutPostgres15())(
  "no statement of a sale is compiled on PostgreSQL 15 as it is installed, or takes long",
  { timeout: 60_000 },
  async () => {
    await using server = await startPostgres15("shared_preload_libraries=pg_stat_statements")
    const statements = await statementsOfSale(server.url)

    expect(statements.length).toBeGreaterThan(40)
    expect(faultsIn(statements)).toEqual([])
  },
)

test("nor on the embedded PostgreSQL", { timeout: 60_000 }, async () => {
  await using ground = await throwAwayPostgres()
  await runSql(ground.url, "alter system set shared_preload_libraries = 'pg_stat_statements'")
  // The setting takes effect at the next start.
  await ground.crash?.()

  const statements = await statementsOfSale(ground.url)

  expect(statements.length).toBeGreaterThan(40)
  expect(faultsIn(statements)).toEqual([])
})
