import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createRecount } from "../../src/store/upkeep/recount.ts"
import { createBusyDatabase, type BusyDatabase } from "../support/busy-database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

let busy: BusyDatabase

beforeAll(async () => {
  busy = await createBusyDatabase()
})

afterAll(async () => {
  await busy[Symbol.asyncDispose]()
})

const HOUR_MS = 3_600_000
const running = new AbortController().signal

/**
 * One full recount an hour. `smallMs` is below 0, because otherwise every recount of a database as small as this one is
 * full.
 */
const hourly = { fullEveryMs: HOUR_MS, smallMs: -1 }

test("the first recount is full, and the next ones see what has changed", async () => {
  await using copy = await busy.copy()
  await using database = openScopedDatabase(copy.url)
  const recount = createRecount(database, running, hourly)

  expect(await recount()).toEqual({ isFull: true, violations: [] })
  expect(await recount()).toEqual({ isFull: false, violations: [] })
  await runSql(copy.url, "update products set held = held + 1, version = version + 1")
  const { isFull, violations } = await recount()

  expect(isFull).toBe(false)
  expect(violations).toMatchObject([
    { invariant: "I2", productId: 1, what: expect.stringMatching(/^held is/) },
  ])
  // After a violation the next recount is full.
  expect(await recount()).toMatchObject({ isFull: true, violations: [{ invariant: "I2" }] })
})

test("a recount reads only products whose version has changed", async () => {
  await using copy = await busy.copy()
  await using database = openScopedDatabase(copy.url)
  await runSql(
    copy.url,
    "insert into products (id, name, price_minor, currency, stock, version, created_at, updated_at) values (2, 'other', 1, 'EUR', 0, 1, now(), now())",
  )
  const recount = createRecount(database, running, hourly)
  expect((await recount()).violations).toEqual([])

  // Product 2 is corrupted without a new version; only product 1 gets one.
  await runSql(
    copy.url,
    "update products set stock = 1 where id = 2",
    "update products set version = version + 1 where id = 1",
  )

  expect(await recount()).toEqual({ isFull: false, violations: [] })
})

test("a difference without a new version is found by the next full recount", async () => {
  await using copy = await busy.copy()
  await using database = openScopedDatabase(copy.url)
  const seldom = createRecount(database, running, hourly)
  const always = createRecount(database, running, { fullEveryMs: 0, smallMs: -1 })
  const small = createRecount(database, running, { fullEveryMs: HOUR_MS, smallMs: 60_000 })
  for (const recount of [seldom, always, small])
    expect(await recount()).toEqual({ isFull: true, violations: [] })

  await runSql(copy.url, "update products set held = held + 1")

  expect(await seldom()).toEqual({ isFull: false, violations: [] })
  for (const recount of [always, small]) {
    expect(await recount()).toMatchObject({ isFull: true, violations: [{ invariant: "I2" }] })
  }
})

test("a stop cancels the running check", async () => {
  await using copy = await busy.copy()
  await using database = openScopedDatabase(copy.url)
  const stopping = new AbortController()
  const other = new pg.Client({ connectionString: copy.url })
  await other.connect()
  try {
    // The first check that reads the table waits for its lock.
    await other.query("begin")
    await other.query("lock table holds in access exclusive mode")
    // Within a transaction pg_stat_activity does not change after the first read, so another connection reads it.
    const waiting = () =>
      database.upkeep.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    const ended = createRecount(database, stopping.signal)().catch((error: unknown) => error)
    await expect.poll(async () => (await waiting()).rowCount, { timeout: 10_000 }).toBe(1)

    const startedAt = performance.now()
    stopping.abort()
    const error = await ended

    expect(error).toBeInstanceOf(Error)
    // Without the cancellation, lock_timeout would end the check after five seconds.
    expect(performance.now() - startedAt).toBeLessThan(2_500)
    expect((await waiting()).rowCount).toBe(0)
  } finally {
    await other.end()
  }
})
