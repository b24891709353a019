import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { listHolds, listNewestOrders, listOrders, unsearched } from "../../src/store/reads/row-lists.ts"
import { instant } from "../../src/domain/time.ts"
import { createTestDatabase, type TestDatabase } from "../support/database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"
import { watch, type Statement } from "../support/statements.ts"

/*
 * The control room searches orders during a sale. Each statement of a search goes through an index and reads no more rows
 * than have one of the words, also where a tenth of all orders have what is looked for.
 */

const ORDERS = 200_000
const MINUTE_MS = 60_000
/** The first order. There is one each minute. */
const FIRST = Date.parse("2026-01-01T00:00:00Z")
/** The orders with the frequent words are in a row, and not the newest. */
const FREQUENT = 20_000
const isFrequent = `n > 100000 and n <= ${100_000 + FREQUENT}`
/** The frequent rows; and a page of a list looks at 10,000 at most. */
const MOST_READ = FREQUENT + 1_000

let own: TestDatabase
let database: ReturnType<typeof openScopedDatabase>
beforeAll(async () => {
  own = await createTestDatabase()
  database = openScopedDatabase(own.url)
  const perOrder = `from generate_series(1, ${ORDERS}) as n`
  await runSql(
    own.url,
    `insert into orders (id, product_id, hold_id, customer_id, quantity, unit_price_minor, total_minor, currency, status,
                         origin, expires_at, paid_at, created_at, updated_at, reference)
     select n, 1, n, 'c' || n, 1, 100, 100, 'EUR', 'paid', 'buyer', at, at, at, at,
            case when ${isFrequent} then 'till' when n % 2 = 0 then 'ref-' || n end
       ${perOrder}, lateral (select to_timestamp(${FIRST / 1000} + n * 60) as at) as t`,
    `insert into holds (id, product_id, qty, status, expires_at, created_at, ended_at, reference)
     select n, 1, 1, 'converted', now(), now(), now(), case when ${isFrequent} then 'till' end
       ${perOrder}`,
    `insert into order_details (product_id, order_id, email, name, answers, awaited, created_at, updated_at)
     select 1, n, case when ${isFrequent} then 'Till@shop.example' else 'buyer-' || n || '@example.com' end,
            case when ${isFrequent} then 'Anna Muster' else 'Buyer ' || n end, '{}', false, now(), now()
       ${perOrder}`,
    `insert into payments (product_id, order_id, provider, event_key, payment_id, amount_minor, currency, allocation,
                           received_at)
     select 1, n, case when n % 2 = 0 then 'generic' else 'stripe' end, 'key-' || n, 'pay-' || n, 100, 'EUR', 'order', now()
       ${perOrder}`,
    "analyze",
  )
}, 240_000)
afterAll(async () => {
  await database?.[Symbol.asyncDispose]()
  await own?.[Symbol.asyncDispose]()
})

const nothing = { productId: null, customerId: null, status: null, variantIds: null, ...unsearched }
const firstPage = { after: null, limit: 20 }
const at = (order: number) => instant(FIRST + order * MINUTE_MS)

const searches: [string, Partial<typeof unsearched> | Record<string, unknown>, number][] = [
  ["nothing", {}, 20],
  ["an address", { email: "BUYER-7@example.com" }, 1],
  ["the address of a tenth of all orders", { email: "till@shop.example" }, 20],
  ["a name", { name: "199999" }, 1],
  ["the name of a tenth of all orders", { name: "muster anna" }, 20],
  ["a reference", { reference: "ref-6" }, 1],
  ["the reference of a tenth of all orders", { reference: "till" }, 20],
  ["a payment", { paymentId: "pay-77" }, 1],
  ["a time long ago", { from: at(10), to: at(15) }, 5],
  ["all times before a moment", { to: at(100_000) }, 20],
  ["an address and a time", { email: "till@shop.example", from: at(119_000) }, 20],
  ["a frequent address and an early time", { email: "till@shop.example", to: at(100_006) }, 5],
  ["a frequent name and an early time", { name: "muster", to: at(100_006) }, 5],
  ["frequent words only", { email: "till@shop.example", name: "anna", reference: "till" }, 20],
  ["a frequent name and an early payment", { name: "muster", paymentId: "pay-100002" }, 1],
  ["an address and a name", { email: "buyer-199999@example.com", name: "199999" }, 1],
]

test.each(searches)("orders are searched by %s through indexes", async (_, wanted, found) => {
  const filter = { ...nothing, ...wanted }
  const newest = await watched(async (pool) => {
    const { rows } = await listNewestOrders(pool, filter, firstPage)
    expect(rows).toHaveLength(found)
    expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).toSorted((a, b) => b - a))
  })
  const byId = await watched(async (pool) => void (await listOrders(pool, filter, firstPage)))
  expect(newest.length + byId.length).toBeGreaterThan(2)
  expect(await readTooMuch([...newest, ...byId])).toEqual([])
})

test("holds are searched by reference through an index", async () => {
  const filter = { ...nothing, reference: "till" }
  const seen = await watched(async (pool) => void (await listHolds(pool, filter, firstPage)))
  expect(seen.map(({ name }) => name)).toEqual(["find-holds-by-reference", "list-found-holds"])
  expect(await readTooMuch(seen)).toEqual([])
})

async function watched(read: (pool: pg.Pool) => Promise<void>): Promise<Statement[]> {
  const seen: Statement[] = []
  await read(watch(database.views, seen))
  return seen
}

interface Plan {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly Plans?: readonly Plan[]
}

/** The statements that scan a whole table, or read more rows than a search may. */
async function readTooMuch(statements: readonly Statement[]): Promise<string[]> {
  const wrong: string[] = []
  // Without the time limit of the control room's reads.
  const client = new pg.Client({ connectionString: own.url })
  await client.connect()
  for (const { text, values } of statements) {
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>({
      text: `explain (analyze, format json) ${text}`,
      values,
    })
    const nodes = rows.flatMap((row) => nodesIn(row["QUERY PLAN"][0].Plan))
    const scans = nodes.filter((node) => node["Node Type"] === "Seq Scan" && "Relation Name" in node)
    const most = Math.max(...nodes.map(rowsRead))
    if (scans.length > 0 || most > MOST_READ || nodes.length === 0)
      wrong.push(`reads ${most} rows: ${text} ${JSON.stringify(rows)}`)
  }
  await client.end()
  return wrong
}

function nodesIn(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesIn)]
}

function rowsRead(node: Plan): number {
  return (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"]
}
