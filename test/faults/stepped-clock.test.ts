import { expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import pg from "pg"

// Deadlines follow the database's clock. The tests step it, as an operator or a bad time server would, by placing
// another clock_timestamp() before PostgreSQL's own on the search path, which all of the server's statements call.

const TEN_MINUTES = 600

/** A server whose database has a clock that can be set. */
async function startAppWithClock(worker: boolean) {
  const app = await startTestApp({ worker, config: { holdTtlSeconds: 120, paymentTtlSeconds: 180 } })
  const admin = new pg.Client({ connectionString: app.databaseUrl })
  await admin.connect()
  await admin.query(`
    create schema stepped;
    create table stepped.clock (seconds int not null);
    insert into stepped.clock values (0);
    create function stepped.clock_timestamp() returns timestamptz language sql volatile as
      'select pg_catalog.clock_timestamp() + make_interval(secs => seconds) from stepped.clock'`)
  await admin.query(`alter database ${admin.database} set search_path = stepped, pg_catalog, public`)
  // Open connections keep their old search path.
  await admin.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`)
  await expect
    .poll(() => app.post("/api/holds", { product_id: 2, qty: 1 }).then(({ status }) => status))
    .toBe(404)
  return {
    app,
    query: (text: string) => admin.query(text),
    step: (seconds: number) => admin.query("update stepped.clock set seconds = seconds + $1", [seconds]),
    async [Symbol.asyncDispose]() {
      await admin.end()
      await app[Symbol.asyncDispose]()
    },
  }
}

async function hold(app: TestApp, qty: number) {
  const { body } = await app.post("/api/holds", { product_id: 1, qty })
  return body
}

async function order(app: TestApp, holdId: number) {
  const { body } = await app.post("/api/orders", { hold_id: holdId })
  return body
}

async function product(app: TestApp) {
  const { body } = await app.get("/api/products/1", { headers: { "cache-control": "no-cache" } })
  return body
}

test("the clock is set forward: holds and orders expire early, and their units are available again", async () => {
  await using stage = await startAppWithClock(true)
  const { app } = stage
  const held = await hold(app, 2)
  const ordered = await order(app, (await hold(app, 3)).hold_id)
  const paid = await order(app, (await hold(app, 4)).hold_id)
  const pay = (orderId: number, key: string) =>
    app.post("/api/payments/webhook", { order_id: orderId, status: "success", idempotency_key: key })
  await pay(paid.order_id, "in time")

  await stage.step(TEN_MINUTES)

  await expect
    .poll(() => product(app))
    .toMatchObject({ available_stock: 96, sold_stock: 4, reserved_stock: 0 })
  expect((await app.get(`/api/holds/${held.hold_id}`)).body.status).toBe("expired")
  expect((await app.get(`/api/orders/${ordered.order_id}`)).body.status).toBe("expired")
  expect((await pay(ordered.order_id, "late")).body).toMatchObject({ processed: true })
  const next = await hold(app, 1)
  expect(Date.parse(next.expires_at) - Date.parse(next.created_at)).toBe(120_000)
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

test("the clock is set back: holds last longer and keep their units, and no unit is sold twice", async () => {
  await using stage = await startAppWithClock(true)
  const { app } = stage
  await hold(app, 99)
  await stage.step(-TEN_MINUTES)

  const [last, none] = [await hold(app, 1), await hold(app, 1)]
  expect(last).toMatchObject({ status: "active" })
  expect(none).toMatchObject({ code: "out_of_stock" })
  expect(Date.parse(last.expires_at) - Date.parse(last.created_at)).toBe(120_000)
  const ordered = await order(app, last.hold_id)
  expect(ordered).toMatchObject({ status: "pending_payment" })
  expect(await product(app)).toMatchObject({ available_stock: 0, reserved_stock: 100 })
  expect(await differencesIn(app.databaseUrl)).toEqual([])

  // After the correction the sale continues normally: for the holds, time only stood still.
  await stage.step(TEN_MINUTES)
  expect((await app.get(`/api/orders/${ordered.order_id}`)).body.status).toBe("pending_payment")
  await stage.step(TEN_MINUTES)
  expect((await app.get(`/api/orders/${ordered.order_id}`)).body.status).toBe("expired")
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

test("the clock is set back: the timestamps of a product's holds and orders do not go back", async () => {
  await using stage = await startAppWithClock(false)
  const { app } = stage
  const made = [await hold(app, 1), await hold(app, 1)]
  const ordered = [await order(app, made[0].hold_id)]
  await stage.step(-TEN_MINUTES)
  const changed = await app.post(`/api/orders/${ordered[0].order_id}/cancel`)
  made.push(await hold(app, 1), await hold(app, 1))
  ordered.push(await order(app, made[1].hold_id), await order(app, made[2].hold_id))
  const { rows: changedBefore } = await stage.query("select id from orders where updated_at < created_at")

  expect(changed.body.status).toBe("cancelled")
  expect(changedBefore).toEqual([])
  for (const moments of [made, ordered].map((all) => all.map((row) => Date.parse(row.created_at)))) {
    expect(moments).toEqual(moments.toSorted((one, other) => one - other))
  }
  for (const moments of [made, ordered].map((all) => all.map((row) => Date.parse(row.expires_at)))) {
    expect(moments).toEqual(moments.toSorted((one, other) => one - other))
  }
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

test("the clock jumps back and forth while a crowd buys: never a unit too many", async () => {
  await using stage = await startAppWithClock(true)
  const { app } = stage
  let [granted, isOver] = [0, false]
  const outcomes = new Set<string>()
  const buyers = Array.from({ length: 20 }, async () => {
    while (!isOver) {
      const answer = await app.post("/api/holds", { product_id: 1, qty: 1 })
      expect([201, 409]).toContain(answer.status)
      if (answer.status !== 201) continue
      granted += 1
      const made = await order(app, answer.body.hold_id)
      // Either a jump expired the hold in between, or the order was made.
      outcomes.add(made.order_id === undefined ? made.code : "ordered")
    }
  })
  for (const seconds of [
    TEN_MINUTES,
    -2 * TEN_MINUTES,
    TEN_MINUTES,
    2 * TEN_MINUTES,
    -TEN_MINUTES,
    2 * TEN_MINUTES,
  ]) {
    await stage.step(seconds)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  // More holds than units were granted, because units became available again in between.
  await expect.poll(() => granted, { timeout: 20_000 }).toBeGreaterThan(100)
  isOver = true
  await Promise.all(buyers)

  outcomes.delete("hold_expired")
  expect(outcomes).toEqual(new Set(["ordered"]))
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
