import { expect, test } from "vitest"
import { isRefusal } from "../../src/domain/refusals.ts"
import { beforeAllEvents, removeEndedHolds, removeOldEvents } from "../../src/store/upkeep/retention.ts"
import { eventWith } from "../support/builders.ts"
import { playBusySale } from "../support/busy-database.ts"
import { createTestDatabase, createTestEngine, differencesIn } from "../support/database.ts"
import { everyRow, insertRow, openScopedDatabase, runSql, type Row } from "../support/rows.ts"

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
/** Moves the times of all rows into the past. */
const age = (days: number) => [
  `update holds set created_at = created_at - interval '${days} days',
                    ended_at = ended_at - interval '${days} days'`,
  `update payment_events set received_at = received_at - interval '${days} days',
                             applied_at = applied_at - interval '${days} days'`,
]

// Rows that retention may remove, and rows of every kind that has to stay.
test.each<[string, Row, boolean]>([
  ["expired long ago", { status: "expired", ended_at: daysAgo(31) }, true],
  ["released long ago", { status: "released", ended_at: daysAgo(31) }, true],
  ["expired lately", { status: "expired", ended_at: daysAgo(29) }, false],
  ["released lately", { status: "released", ended_at: daysAgo(29) }, false],
  ["converted long ago", { status: "converted", ended_at: daysAgo(31) }, false],
  ["active and due", { status: "active", ended_at: null }, false],
])("a hold that is %s", async (_, hold, isRemoved) => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await insertRow(database.views, "holds", { created_at: daysAgo(400), expires_at: daysAgo(400), ...hold })

  const { removed, last } = await removeEndedHolds(database.upkeep, 0, 30)

  expect({ removed, last }).toEqual({ removed: isRemoved ? 1 : 0, last: 1 })
  expect((await everyRow(database.views))["holds"]).toHaveLength(isRemoved ? 0 : 1)
})

test.each<[string, Row, boolean]>([
  ["failed and ended its order", { kind: "failed", outcome: "cancelled" }, true],
  ["cancelled and ended its order", { kind: "cancelled", outcome: "cancelled" }, true],
  ["failed after its order had ended", { kind: "failed", outcome: "ignored_final" }, true],
  ["failed lately", { kind: "failed", outcome: "cancelled", applied_at: daysAgo(89) }, false],
  ["paid its order", { outcome: "paid" }, false],
  ["brought money that has to be refunded", { outcome: "refund_due" }, false],
  ["repeated an earlier success", { outcome: "ignored_final" }, false],
  ["failed but left a payment", { key: "key-1", kind: "failed", outcome: "cancelled" }, false],
  [
    "failed and waits for its order",
    { kind: "failed", outcome: "parked", applied_at: null, applied_order_id: null },
    false,
  ],
])("an event that %s", async (_, event, isRemoved) => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const past = { received_at: daysAgo(91), applied_at: daysAgo(91) }
  await insertRow(database.views, "payment_events", { key: "other", ...past, ...event })
  await insertRow(database.views, "payments", { event_key: "key-1" })
  const { key = "other" } = event
  await insertRow(database.views, "payment_messages", { key })
  await insertRow(database.views, "payment_messages", { key, provider: "stripe" })

  const { removed } = await removeOldEvents(database.upkeep, beforeAllEvents, 90)

  expect(removed).toBe(isRemoved ? 1 : 0)
  const rows = await everyRow(database.views)
  expect(rows["payment_events"]).toHaveLength(isRemoved ? 0 : 1)
  const kept = rows["payment_messages"]?.map((row) => (row as Row)["provider"])
  expect(kept).toEqual(isRemoved ? ["stripe"] : ["generic", "stripe"])
})

test("an old sale loses its ended holds and nothing else, and verify finds no violation", async () => {
  await using engine = await createTestEngine()
  await playBusySale(engine)
  await runSql(engine.url, ...age(400))
  const before = await everyRow(engine.database.views)

  expect(await removeEndedHolds(engine.database.upkeep, 0, 30)).toMatchObject({ removed: 1, last: 6 })
  expect(await removeOldEvents(engine.database.upkeep, beforeAllEvents, 90)).toMatchObject({ removed: 1 })

  const after = await everyRow(engine.database.views)
  const without = (rows: unknown[] = [], gone: Row) => rows.filter((row) => !isLike(row, gone))
  expect(after).toEqual({
    ...before,
    holds: without(before["holds"], { id: 2 }),
    payment_events: without(before["payment_events"], { key: "failure" }),
  })
  expect(await differencesIn(engine.url)).toEqual([])
})

function isLike(row: unknown, part: Row): boolean {
  return Object.entries(part).every(([name, value]) => (row as Row)[name] === value)
}

test("a removed hold is unknown, and a removed event that arrives again has no effect", async () => {
  await using engine = await createTestEngine()
  await playBusySale(engine)
  await runSql(engine.url, ...age(400))
  await removeEndedHolds(engine.database.upkeep, 0, 30)
  await removeOldEvents(engine.database.upkeep, beforeAllEvents, 90)
  const before = (await everyRow(engine.database.views))["products"]

  const { outcome } = await engine.lanes.submit({ kind: "release_hold", productId: 1, holdId: 2 })
  expect(isRefusal(outcome) && outcome.code).toBe("hold_not_found")
  expect(
    await engine.paymentEvents.receive(eventWith({ key: "failure", orderId: 2, kind: "failed" })),
  ).toMatchObject({
    duplicate: false,
    event: { outcome: "ignored_final" },
  })
  expect((await everyRow(engine.database.views))["products"]).toEqual(before)
  expect(await differencesIn(engine.url)).toEqual([])
})

/** Holds 1 to `count` of product 1, ended `days` ago. */
const endedHolds = (count: number, days: number) => `
  insert into holds (id, product_id, qty, status, expires_at, created_at, ended_at)
  select n, 1, 1, 'expired', at, at, at
    from generate_series(1, ${count}) as n, (select now() - interval '${days} days') as moment (at)`

test("one statement reads a thousand rows, and returns where the next one begins", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await runSql(own.url, endedHolds(1_500, 40), "update holds set ended_at = now() where id = 700")

  const first = await removeEndedHolds(database.upkeep, 0, 30)
  const second = await removeEndedHolds(database.upkeep, first.last ?? 0, 30)
  const third = await removeEndedHolds(database.upkeep, second.last ?? 0, 30)

  expect(first).toEqual({ last: 1_000, removed: 999, firstWaiting: 700, isYoung: false })
  expect(second).toEqual({ last: 1_500, removed: 500, firstWaiting: null, isYoung: false })
  expect(third).toEqual({ last: null, removed: 0, firstWaiting: null, isYoung: true })
})

test("rows that another process is removing are skipped, without waiting", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await runSql(own.url, endedHolds(10, 40))
  const other = await database.views.connect()
  await other.query("begin")
  await other.query("select id from holds where id <= 4 for update")

  expect(await removeEndedHolds(database.upkeep, 0, 30)).toMatchObject({ removed: 6, last: 10 })

  await other.query("rollback")
  other.release()
  expect(await removeEndedHolds(database.upkeep, 0, 30)).toMatchObject({ removed: 4 })
})
