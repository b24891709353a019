import pg from "pg"
import { expect, test } from "vitest"
import { needs, type Needs } from "../../src/domain/needs.ts"
import { changeLoadedProduct } from "../../src/domain/working-set.ts"
import { removeOldIdempotencyKeys } from "../../src/store/housekeeping.ts"
import { loadWorkingSet } from "../../src/store/load.ts"
import { firstEvent, removeEndedHolds, removeOldEvents } from "../../src/store/retention.ts"
import { saveChanges } from "../../src/store/save.ts"
import { begin } from "../../src/store/tx.ts"
import { eventWith } from "../support/builders.ts"
import { createTestDatabase, createTestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { openScopedDatabase } from "../support/rows.ts"

const everything: Needs = {
  units: 100,
  dueLimit: 100,
  holdIds: [1, 2],
  orderIds: [1],
  orderHoldIds: [2],
  newOrderIds: [7],
  unitsByCustomer: new Map([["anna", 1]]),
  events: [{ provider: "generic", key: "a key" }],
  payments: true,
  moneyFor: [],
  mayEndOrders: false,
  refundOrderIds: [1],
  idempotency: [{ scope: "a scope", key: "a key" }],
}

interface Statement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

/** Passes everything on to `target` and keeps the statements. */
function watch<Target extends object>(target: Target, seen: Statement[]): Target {
  return new Proxy(target, {
    get(_, property) {
      const member: unknown = Reflect.get(target, property)
      if (property !== "query" || typeof member !== "function") return member
      return (statement: Statement) => {
        seen.push(statement)
        return member.call(target, statement)
      }
    },
  })
}

/** The statement with its plan, if it reads a table or an index from end to end. */
async function wholeReads(client: pg.ClientBase, { name, text, values }: Statement): Promise<string[]> {
  const { rows } = await client.query<Record<string, string>>({ text: `explain ${text}`, values })
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n")
  // An index that is read from end to end has no condition.
  const reads = plan.match(/(?:Index Scan|Index Only Scan|Bitmap Index Scan) /g)?.length ?? 0
  const conditions = plan.match(/Index Cond:/g)?.length ?? 0
  return /Seq Scan/.test(plan) || reads > conditions ? [`${name}\n${plan}`] : []
}

// A batch runs under the product's lock, so nothing in it may read a table whole, however large.
test("every statement that loads a batch goes through an index", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 10 })
  const client = new pg.Client({ connectionString: engine.url })
  await client.connect()
  await client.query("set enable_seqscan = off; set plan_cache_mode = force_generic_plan")
  const { tx } = begin(client)
  const seen: Statement[] = []
  const watched = watch(tx, seen)
  await loadWorkingSet(watched, {
    productId,
    needs: everything,
    rules: { holdTtlSeconds: 1, paymentTtlSeconds: 1, latePaymentSeconds: 600 },
  })

  const scans: string[] = []
  for (const statement of seen) scans.push(...(await wholeReads(tx, statement)))
  await client.end()

  expect(seen.map((statement) => statement.name).sort()).toEqual([
    "load-customers",
    "load-due-holds",
    "load-due-orders",
    "load-events",
    "load-holds",
    "load-idempotency",
    "load-next-deadline",
    "load-orders",
    "load-payments",
    "load-refunds",
    "lock-product",
  ])
  expect(scans).toEqual([])
})

// Statistics of a table that grows by thousands of rows a second are always old, so that the planner
// takes it for a small one: it has to choose the index even then.
test("the statements of a batch read no growing table whole, whatever the planner believes", async () => {
  await using own = await createTestDatabase()
  await playManyHolds(own.url)

  // Sessions tell what they have read together with what they have written, when they end.
  await using database = openScopedDatabase(own.url)
  const scans = async () => {
    const { rows } = await database.views.query<{ written: number; read: number; named: number }>(`
      select sum(n_tup_ins + n_tup_upd)::int8 as written,
             sum(seq_tup_read)::int8 as read,
             (select sum(idx_tup_read)
                from pg_stat_user_indexes
               where relname in ('holds', 'orders', 'payment_events', 'payments'))::int8 as named
        from pg_stat_user_tables
       where relname in ('holds', 'orders', 'payment_events', 'payments', 'product_customers')`)
    return rows[0] ?? { written: 0, read: 0, named: 0 }
  }
  await expect.poll(async () => (await scans()).written).toBe(1_100)
  const { read, written, named } = await scans()
  expect(read).toBe(0)
  // Each command names a row or two, and finds them by an index or two.
  expect(named / written).toBeLessThan(3)
})

/** 200 holds come and go, half of them as paid orders, in tables that the planner knows to be small. */
async function playManyHolds(url: string): Promise<void> {
  await using engine = await createTestEngine({}, url)
  const productId = await newProduct(engine, { stock: 1_000 })
  for (let round = 0; round < 10; round += 1) {
    const ids = Array.from({ length: 20 }, (_, index) => 1_000 + round * 20 + index)
    const place = (holdId: number) =>
      engine.lanes.submit({ kind: "place_hold", productId, holdId, qty: 1, customerId: `c${holdId}` })
    await Promise.all(ids.map(place))
    const [bought, released] = [ids.slice(0, 10), ids.slice(10)]
    await Promise.all(
      bought.map((holdId) =>
        engine.lanes.submit({ kind: "place_order", productId, holdId, orderId: holdId }),
      ),
    )
    await Promise.all(
      bought.map((orderId) =>
        engine.desk.receive(eventWith({ key: `k${orderId}`, orderId, paymentId: `p${orderId}` })),
      ),
    )
    await Promise.all(
      released.map((holdId) => engine.lanes.submit({ kind: "release_hold", productId, holdId })),
    )
    if (round === 0) await engine.database.views.query("analyze")
  }
  await engine.lanes.submit({ kind: "expire_due", productId, limit: 500 })
}

// Each batch leaves a dead version of the row behind for as long as anyone has an old snapshot open.
test("the product's newest version is looked at first, and updated where it lies", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 10 })
  const client = await engine.database.batches.connect()
  const { tx } = begin(client)
  const seen: Statement[] = []
  const watched = watch(tx, seen)
  const nothing = needs([])
  const { state, now } = await loadWorkingSet(watched, {
    productId,
    needs: nothing,
    rules: { holdTtlSeconds: 1, paymentTtlSeconds: 1, latePaymentSeconds: 600 },
  })
  changeLoadedProduct(state, { held: 1 })
  await Promise.all(saveChanges(watched, state, now))

  const plans: Record<string, string> = {}
  for (const { name, text, values } of seen) {
    const { rows } = await tx.query<Record<string, string>>({ text: `explain ${text}`, values })
    plans[name] = rows.map((row) => row["QUERY PLAN"]).join("\n")
  }
  client.release(true)
  expect(plans["lock-product"]).toMatch(/Index Scan Backward using products_pkey/)
  expect(plans["update-product-counters"]).toMatch(/Tid Scan on products/)
})

test("the statements that remove old rows go through an index", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const seen: Statement[] = []
  const watched = watch(database.upkeep, seen)
  await removeEndedHolds(watched, 0, 30)
  await removeOldEvents(watched, firstEvent, 90)
  await removeOldIdempotencyKeys(watched, null)

  const client = await database.upkeep.connect()
  await client.query("set plan_cache_mode = force_generic_plan")
  const scans: string[] = []
  for (const statement of seen) scans.push(...(await wholeReads(client, statement)))
  client.release()

  expect(seen.map((statement) => statement.name)).toEqual([
    "remove-ended-holds",
    "remove-old-events",
    "remove-old-idempotency-keys",
  ])
  expect(scans).toEqual([])
})
