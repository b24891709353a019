import pg from "pg"
import { expect, test } from "vitest"
import { needs, type Needs } from "../../src/domain/needs.ts"
import { changeLoadedProduct } from "../../src/domain/working-set.ts"
import { removeOldIdempotencyKeys } from "../../src/store/upkeep/housekeeping.ts"
import { instant, isoTime } from "../../src/domain/time.ts"
import { takeOpenPayments } from "../../src/store/queues/payment-questions.ts"
import { createRefundQueue } from "../../src/store/queues/refund-queue.ts"
import { createCancellations } from "../../src/store/queues/cancellations.ts"
import { createInbox } from "../../src/store/reads/inbox.ts"
import { loadWorkingSet, loadWorkingSets } from "../../src/store/batch/load.ts"
import { createLists } from "../../src/store/reads/lists.ts"
import { unsearched } from "../../src/store/reads/row-lists.ts"
import { createLookups } from "../../src/store/reads/lookups.ts"
import { createMoneyViews } from "../../src/store/reads/money-views.ts"
import { createOrderHistory } from "../../src/store/reads/order-history.ts"
import { createSubscribers, saveEvents } from "../../src/store/batch/outbox.ts"
import {
  beforeAllEvents,
  removeEndedHolds,
  removeOldEvents,
  removeOldOutgoing,
} from "../../src/store/upkeep/retention.ts"
import { saveChanges } from "../../src/store/batch/save.ts"
import { begin } from "../../src/store/tx.ts"
import { createVariantNameReads } from "../../src/store/reads/variant-names.ts"
import { createViews } from "../../src/store/reads/views.ts"
import { createWebhookDeliveries } from "../../src/store/reads/webhook-deliveries.ts"
import { createWebhookEndpoints } from "../../src/store/reads/webhook-endpoints.ts"
import { createWebhookQueue } from "../../src/store/queues/webhook-queue.ts"
import { eventWith } from "../support/builders.ts"
import { createTestDatabase, createTestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { insertRow, openScopedDatabase } from "../support/rows.ts"
import { watch, wholeReads, type Statement } from "../support/statements.ts"

const everything: Needs = {
  units: 100,
  unitsByVariant: new Map(),
  variants: false,
  dueLimit: 100,
  holdIds: [1, 2],
  orderIds: [1],
  orderHoldIds: [2],
  newOrderIds: [7],
  unitsByClaimant: new Map([
    ["c:anna", 1],
    ["k:code", 1],
  ]),
  accessCodes: ["k:code"],
  holders: [],
  events: [{ provider: "generic", key: "a key" }],
  payments: true,
  moneyFor: [],
  mayEndOrders: false,
  newPaymentIds: ["pay-1"],
  refundOrderIds: [1],
  detailsOf: { orderIds: [], holdIds: [] },
  idempotency: [{ scope: "a scope", key: "a key" }],
}

// A batch runs under the product's lock, so none of its statements may scan a whole table.
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
    "load-access-codes",
    "load-claims",
    "load-customers",
    "load-disputes",
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

// The statistics of a table that grows by thousands of rows a second are always old, so the planner estimates it as
// small. It must choose the index even then.
test("the statements of a batch scan no growing table, whatever the planner estimates", async () => {
  await using own = await createTestDatabase()
  await playManyHolds(own.url)

  // A session reports its numbers of rows read and written together, when it ends.
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
  // Each command reads one or two rows, by one or two indexes.
  expect(named / written).toBeLessThan(3)
})

/** Makes and ends 200 holds, half of them as paid orders, in tables that the planner estimates as small. */
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
        engine.paymentEvents.receive(eventWith({ key: `k${orderId}`, orderId, paymentId: `p${orderId}` })),
      ),
    )
    await Promise.all(
      released.map((holdId) => engine.lanes.submit({ kind: "release_hold", productId, holdId })),
    )
    if (round === 0) await engine.database.views.query("analyze")
  }
  await engine.lanes.submit({ kind: "expire_due", productId, limit: 500 })
}

// Each batch leaves a dead row version, which stays as long as any session has an old snapshot open.
test.each([
  ["has not counted", ""],
  ["has counted", "analyze products"],
])("the newest version is looked at first where the planner %s the products", async (_, statistics) => {
  await using own = await createTestDatabase()
  await using engine = await createTestEngine({}, own.url)
  const ids = [await newProduct(engine, { stock: 10 }), await newProduct(engine, { stock: 10 })]
  await engine.database.views.query(`
    do $$ begin
      for version in 1..500 loop
        update products set updated_at = clock_timestamp();
      end loop;
    end $$`)
  await engine.database.views.query(statistics)
  const client = await engine.database.batches.connect()
  await client.query("set plan_cache_mode = force_generic_plan")
  const { tx } = begin(client)
  const seen: Statement[] = []
  const watched = watch(tx, seen)
  const rules = { holdTtlSeconds: 1, paymentTtlSeconds: 1, latePaymentSeconds: 600 }
  const [productId = 0] = ids
  const alone = await loadWorkingSet(watched, { productId, needs: needs([]), rules })
  for (const { state } of alone.sets) changeLoadedProduct(state, { held: 1 })
  await Promise.all(saveChanges(watched, alone))
  const wanted = ids.map((id) => ({ productId: id, needs: needs([]) }))
  const together = await loadWorkingSets(watched, wanted, rules)
  for (const { state } of together.sets) changeLoadedProduct(state, { held: 2 })
  await Promise.all(saveChanges(watched, together))

  const plans: Record<string, string> = {}
  for (const { name, text, values } of seen) {
    const { rows } = await tx.query<Record<string, string>>({ text: `explain ${text}`, values })
    plans[name] = rows.map((row) => row["QUERY PLAN"]).join("\n")
  }
  client.release(true)
  expect(plans["lock-product"]).toMatch(/Index Scan Backward using products_pkey/)
  expect(plans["lock-free-products"]).toMatch(/Index Scan Backward using products_pkey/)
  // The rows are updated by their location.
  expect(plans["update-product-counters"]).toMatch(/Tid Scan on products/)
  expect(plans["update-all-product-counters"]).toMatch(/Tid Scan on products/)
})

test("the statements that remove old rows go through an index", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const seen: Statement[] = []
  const watched = watch(database.upkeep, seen)
  await removeEndedHolds(watched, 0, 30)
  await removeOldEvents(watched, beforeAllEvents, 90)
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

test.each([
  ["to have many endpoints with few deliveries each", 20_000],
  ["to have hardly any delivery", 1],
])("the statements of outgoing events go through an index where a shop seems %s", async (_, known) => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const [seen, inTransactions]: [Statement[], Statement[]] = [[], []]
  const connect = async () => watch(await database.views.connect(), inTransactions)
  const watched = new Proxy(watch(database.views, seen), {
    get: (pool, property) => (property === "connect" ? connect : Reflect.get(pool, property)),
  })
  const queue = createWebhookQueue(watched)
  const delivery = { endpointId: 1, eventId: "a", productId: 1, lease: isoTime(instant(0)) }
  await insertRow(database.views, "outbox")
  await believeIn(database.views, known)
  await queue.address()
  await queue.waiting()
  await queue.take(new Map([[1, 1]]))
  await queue.note({ ...delivery, url: "", body: "", secrets: [], attempts: 1 }, { kind: "given back" })
  await queue.disable(1, "")
  const endpoints = createWebhookEndpoints(watched, () => {})
  await endpoints.list()
  await endpoints.create({ id: 1, url: "", types: null, secret: "" })
  await endpoints.remove(1)
  const deliveries = createWebhookDeliveries(watched)
  const first = { after: null, limit: 20 }
  for (const status of [null, "due", "delivered", "failed"] as const) await deliveries.list(1, status, first)
  await deliveries.replay(1, "a")
  await deliveries.replaySince(1, instant(0))
  await removeOldOutgoing(watched, 30)

  const client = await database.views.connect()
  const scans: string[] = []
  const explain = async (statements: readonly Statement[]) => {
    for (const { name, text, values = [] } of statements) {
      if (name !== undefined) scans.push(...(await wholeReads(client, { name, text, values })))
    }
  }
  await client.query("set plan_cache_mode = force_generic_plan")
  await explain(seen)
  await client.query("begin")
  for (const text of inTransactions.map(String)) if (text.startsWith("set local")) await client.query(text)
  await explain(inTransactions)
  client.release(true)

  const names = (statements: readonly Statement[]) => new Set(statements.flatMap(({ name }) => name ?? []))
  expect(names(inTransactions)).toEqual(
    new Set([
      "address-events",
      "take-deliveries",
      "list-deliveries-all",
      "list-deliveries-due",
      "list-deliveries-delivered",
      "list-deliveries-failed",
      "replay-chunk",
      "lock-endpoint-ids",
      "insert-webhook-endpoint",
      "remove-deliveries-of-endpoint",
      "remove-old-outgoing",
    ]),
  )
  expect(names(seen).size).toBe(7)
  expect(scans).toEqual([])
})

/** Sets statistics from before the sale: five deliveries to each of many endpoints. */
async function believeIn(pool: pg.Pool, deliveries: number): Promise<void> {
  await pool.query(
    `insert into webhook_deliveries (
       event_id, endpoint_id, product_id, status, not_before, created_at, updated_at)
     select 'order_created-' || n, 100 + n / 5, 1, 'delivered', now(), now(), now()
       from generate_series(1, $1::integer) as n`,
    [deliveries],
  )
  await pool.query("analyze webhook_deliveries")
}

// Every process with open streams runs this query four times a second.
test("changed products are found by an index", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const seen: Statement[] = []
  await createViews(watch(database.views, seen)).changedProducts(new Map([[1, 1]]))

  const client = await database.views.connect()
  await client.query("set plan_cache_mode = force_generic_plan")
  const scans: string[] = []
  for (const statement of seen) scans.push(...(await wholeReads(client, statement)))
  client.release(true)
  expect(seen.map((statement) => statement.name)).toEqual(["view-changed-products"])
  expect(scans).toEqual([])
})

test("the statements that callers run before a batch go through an index", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 10 })
  const client = await engine.database.batches.connect()
  const { tx } = begin(client)
  const seen: Statement[] = []
  const watched = watch(tx, seen)
  await createSubscribers().exist(watched)
  const rules = { holdTtlSeconds: 1, paymentTtlSeconds: 1, latePaymentSeconds: 600 }
  const batch = await loadWorkingSet(tx, { productId, needs: needs([]), rules })
  for (const { state } of batch.sets) changeLoadedProduct(state, { sold: 10 })
  await Promise.all(saveEvents(watched, batch))

  await client.query("set plan_cache_mode = force_generic_plan")
  const scans: string[] = []
  for (const { values = [], ...statement } of seen) {
    scans.push(...(await wholeReads(client, { ...statement, values })))
  }
  client.release(true)
  expect(seen.map((statement) => statement.name)).toEqual([
    "any-webhook-endpoint",
    expect.stringMatching("^insert-outbox-"),
  ])
  expect(scans).toEqual([])
})

test("the statements about payments and disputes go through an index", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const seen: Statement[] = []
  const watched = watch(database.views, seen)
  const cancellations = createCancellations(watched)
  const request = { providers: ["stripe"], limit: 10, leaseSeconds: 30 }
  await cancellations.take(request)
  await cancellations.postpone({ orderId: 1, productId: 1 })
  await createRefundQueue(watched).take(request)
  await takeOpenPayments(watched, {
    provider: "stripe",
    perSecond: 40,
    aheadSeconds: 10,
    longestAheadSeconds: 120,
    postponeSeconds: 5,
    limit: 80,
  })
  await cancellations.settle({ orderId: 1, productId: 1 })
  await createLookups(watched).findPayment("stripe", "pi_1")
  await createInbox(watched).parkedWithOrder(10)
  const money = createMoneyViews(watched)
  await money.openRefunds(null, 10)
  await money.openDisputes(null, 10)
  await money.disputesOf(1)

  const client = await database.views.connect()
  await client.query("set plan_cache_mode = force_generic_plan")
  const scans: string[] = []
  for (const statement of seen) scans.push(...(await wholeReads(client, statement)))
  client.release(true)
  expect(scans).toEqual([])
})

test("orders are searched by variant, and variants by number, through indexes", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await insertRow(database.views, "orders")
  const seen: Statement[] = []
  const watched = watch(database.views, seen)
  const filter = { productId: null, customerId: null, status: null, variantIds: [1], ...unsearched }
  await createLists(watched).orders(filter, { after: null, limit: 20 })
  const names = createVariantNameReads(watched)
  await names.idsWithSku("R-42")
  await names.namesOf([{ productId: 1, variantId: 1 }])

  const client = await database.views.connect()
  await client.query("set plan_cache_mode = force_generic_plan")
  const scans: string[] = []
  for (const statement of seen) scans.push(...(await wholeReads(client, statement)))
  client.release(true)
  expect(seen.map((statement) => statement.name)).toEqual([
    "scan-orders",
    "list-orders",
    "find-variants-by-sku",
    "read-variant-names",
  ])
  expect(scans).toEqual([])
})

// Operators open these pages during a sale, and the tables are those that grow with it.
test("what happened to an order is read through indexes", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const seen: Statement[] = []
  // Two indexes have parked events; in an empty table the planner sees no difference between them.
  await database.views.query(`
    insert into payment_events (provider, key, fingerprint, kind, order_id, outcome, received_at)
    select 'generic', n, '', 'succeeded', n, 'parked', now()
      from generate_series(1, 2000) as n`)
  await database.views.query("analyze payment_events")
  const history = createOrderHistory(watch(database.views, seen))
  await history.payments(1)
  await history.paymentEvents(1)
  await history.outgoingEvents(1, ["order_paid-1"])
  await history.deliveries(1, ["order_paid-1"])
  await history.actions(1)

  const client = await database.views.connect()
  await client.query("set plan_cache_mode = force_generic_plan")
  const scans: string[] = []
  for (const statement of seen) scans.push(...(await wholeReads(client, statement)))
  client.release(true)
  expect(seen).toHaveLength(5)
  expect(scans).toEqual([])
})
