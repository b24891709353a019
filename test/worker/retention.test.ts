import { expect, test } from "vitest"
import { startLoop } from "../../src/worker/loop.ts"
import {
  createDetailsRetention,
  createEventRetention,
  createHoldRetention,
  createKeyRemoval,
  createOutgoingRetention,
} from "../../src/worker/retention.ts"
import { startWorker } from "../../src/worker/worker.ts"
import { createLog } from "../../src/base/log.ts"
import { playBusySale } from "../support/busy-database.ts"
import { createTestDatabase, createTestEngine, differencesIn } from "../support/database.ts"
import { insertRow, openScopedDatabase, runSql } from "../support/rows.ts"
import { addEndedHolds } from "../../bench/aged-database.ts"

/** Runs a pass to its end; returns the number of statements. */
async function runPass(removeSome: () => Promise<boolean>): Promise<number> {
  let statements = 1
  while (await removeSome()) statements += 1
  return statements
}

const holdsFrom = (first: number, count: number, days: number) => `
  insert into holds (id, product_id, qty, status, expires_at, created_at, ended_at)
  select n, 1, 1, 'expired', at, at, at
    from generate_series(${first}, ${first + count - 1}) as n,
         (select now() - interval '${days} days') as moment (at)`

async function countOf(database: ReturnType<typeof openScopedDatabase>, table: string): Promise<number> {
  const { rows } = await database.views.query<{ count: number }>(`select count(*) as count from ${table}`)
  return rows[0]?.count ?? -1
}

test("a pass removes everything that is old enough, and finds young ids among old ones", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  // Ids do not always follow age: a process reserved the middle block long ago, and used it only yesterday.
  await runSql(own.url, holdsFrom(1, 3_000, 40), holdsFrom(3_001, 8_192, 1), holdsFrom(20_000, 3_000, 40))

  const removeSome = createHoldRetention(database, 30)
  await runPass(removeSome)
  expect(await countOf(database, "holds")).toBe(8_192)

  await runSql(own.url, "update holds set ended_at = now() - interval '40 days', created_at = ended_at")
  await runPass(removeSome)
  expect(await countOf(database, "holds")).toBe(0)
})

test("a pass ends where only young holds follow, and the next one does not read converted holds", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await runSql(
    own.url,
    holdsFrom(1, 20_000, 40),
    "update holds set status = 'converted'",
    holdsFrom(30_000, 70_000, 1),
  )

  const removeSome = createHoldRetention(database, 30)
  expect(await runPass(removeSome)).toBe(20 + 50)
  expect(await runPass(removeSome)).toBe(50)
  expect(await countOf(database, "holds")).toBe(90_000)
})

test("several workers at once remove each old row once, and no other row", async () => {
  await using own = await createTestDatabase()
  await using engine = await createTestEngine({}, own.url)
  await playBusySale(engine)
  await runSql(own.url, "update id_blocks set next_id = 1000 where kind = 'holds'")
  await addEndedHolds(own.url, 1, 20_000)
  await using database = openScopedDatabase(own.url)
  await using others = openScopedDatabase(own.url)
  const { rows } = await database.views.query<{ young: number }>(
    "select count(*) as young from holds where ended_at >= now() - interval '30 days' or ended_at is null",
  )

  const pools = [database.upkeep, others.upkeep, database.views, others.views]
  await Promise.all(pools.map((pool) => runPass(createHoldRetention({ upkeep: pool }, 30))))

  expect(await countOf(database, "holds")).toBe(rows[0]?.young)
  expect(rows[0]?.young).toBeGreaterThan(5_000)
  expect(rows[0]?.young).toBeLessThan(15_000)
  expect(await differencesIn(own.url)).toEqual([])
})

test("a pass over the inbox reads all of it, in the order of its keys", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const events = (provider: string, kind: string, outcome: string) => `
    insert into payment_events (provider, key, fingerprint, kind, order_id, outcome, applied_order_id,
                                received_at, applied_at)
    select '${provider}', 'key-' || n, 'f', '${kind}', n, '${outcome}', n, at, at
      from generate_series(1, 1500) as n, (select now() - interval '100 days') as moment (at)`
  await runSql(
    own.url,
    events("a", "failed", "cancelled"),
    events("b", "succeeded", "ignored_final"),
    events("c", "cancelled", "ignored_final"),
  )

  const removeSome = createEventRetention(database, 90)
  expect(await runPass(removeSome)).toBe(6)
  const { rows } = await database.views.query("select distinct provider from payment_events")
  expect(rows).toEqual([{ provider: "b" }])
  expect(await runPass(removeSome)).toBe(3)
})

test("old outgoing events are removed with their deliveries; young ones, and those that no worker has handled, stay", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const events = (name: string, count: number, days: number, addressed: string) => [
    `insert into outbox
     select '${name}-' || n, 1, 'order.paid', '{}', now() - interval '${days} days', ${addressed}
       from generate_series(1, ${count}) as n`,
    `insert into webhook_deliveries (event_id, endpoint_id, product_id, status, not_before, created_at, updated_at)
     select '${name}-' || n, endpoint, 1, 'delivered', now(), now(), now()
       from generate_series(1, ${count}) as n, generate_series(1, 2) as endpoint`,
  ]
  await runSql(
    own.url,
    ...events("old", 2_500, 31, "now()"),
    ...events("young", 10, 29, "now()"),
    ...events("waiting", 5, 400, "null"),
  )
  expect(await runPass(createOutgoingRetention(database, 30))).toBe(3)
  expect(await countOf(database, "outbox")).toBe(15)
  expect(await countOf(database, "webhook_deliveries")).toBe(30)
})

test("old idempotency keys are removed until a statement finds less than its limit", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await runSql(
    own.url,
    `insert into idempotency_keys
     select 's', 'key-' || n, 'f', '{}', now() - interval '25 hours' - make_interval(secs => n % 7)
       from generate_series(1, 4500) as n`,
  )
  expect(await runPass(createKeyRemoval(database))).toBe(5)
  expect(await countOf(database, "idempotency_keys")).toBe(0)
})

test.each([
  [
    "kept for ever",
    { holdRetentionDays: 0, eventRetentionDays: 0, outgoingRetentionDays: 0, detailsRetentionDays: 0 },
    { holds: 6, payment_events: 5 },
  ],
  [
    "kept for a while",
    { holdRetentionDays: 30, eventRetentionDays: 90, outgoingRetentionDays: 30, detailsRetentionDays: 365 },
    { holds: 5, payment_events: 4 },
  ],
])("the worker: old holds and events are %s", async (_, retention, expected) => {
  await using engine = await createTestEngine()
  await playBusySale(engine)
  await runSql(
    engine.url,
    "update holds set ended_at = ended_at - interval '400 days', created_at = created_at - interval '400 days'",
    "update payment_events set applied_at = applied_at - interval '400 days'",
    "insert into idempotency_keys values ('s', 'k', 'f', '{}', now() - interval '25 hours')",
  )
  await using database = openScopedDatabase(engine.url)

  // Stopping waits for the first run of every loop.
  await startWorker({
    ...engine,
    log: createLog("silent"),
    providers: [],
    retention,
    ways: { post: { allowPrivate: false } },
  }).stop()

  // Rows of scope batch are not counted: today's batches wrote them, so they are too young to be removed.
  expect(await countOf(database, "idempotency_keys where scope <> 'batch'")).toBe(0)
  expect(await countOf(database, "holds")).toBe(expected.holds)
  expect(await countOf(database, "payment_events")).toBe(expected.payment_events)
  expect(await differencesIn(engine.url)).toEqual([])
})

test("a loop takes short rests while there is more to do, and long ones otherwise", async () => {
  const answers = [true, true, false, true]
  let runs = 0
  let ranOut = () => {}
  const rested = new Promise<void>((resolve) => (ranOut = resolve))
  const loop = startLoop(
    { pauseMs: 3_600_000, busyPauseMs: 1 },
    async () => {
      const hasMore = answers[runs]
      runs += 1
      if (hasMore === false) ranOut()
      return hasMore
    },
    () => {},
  )
  await rested
  await loop.stop()
  expect(runs).toBe(3)
})

test.each([
  // closes    ordered   order changed   details changed   erased
  [null, 500, 366, 366, true],
  [null, 500, 364, 366, false],
  [null, 500, 366, 364, false],
  [366, 500, 1, 1, true],
  [364, 500, 500, 500, false],
  [366, 364, 364, 364, false],
  [-9, 500, 500, 500, false],
])(
  "details of a sale that ended %s days ago, of an order %i days old, changed %i and %i days ago: erased %s",
  async (closed, ordered, changed, detailed, erased) => {
    await using own = await createTestDatabase()
    await using database = openScopedDatabase(own.url)
    const ago = (days: number) => `now() - interval '${days} days'`
    await insertRow(database.views, "products")
    await insertRow(database.views, "orders")
    await runSql(
      own.url,
      `update products set closes_at = ${closed === null ? "null" : ago(closed)}`,
      `update orders set created_at = ${ago(ordered)}, updated_at = ${ago(changed)}`,
      `insert into order_details (product_id, order_id, email, answers, awaited, created_at, updated_at)
       values (1, 11, 'anna@example.com', '{"a": "b"}', true, ${ago(ordered)}, ${ago(detailed)})`,
    )
    await runPass(createDetailsRetention(database, 365))

    const { rows } = await database.views.query(
      "select email, answers, awaited, erased_at is not null as erased from order_details",
    )
    const left = { email: "anna@example.com", answers: { a: "b" }, awaited: true, erased: false }
    expect(rows).toEqual([erased ? { email: null, answers: {}, awaited: false, erased: true } : left])
  },
)
