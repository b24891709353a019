import pg from "pg"
import { describe, expect, test } from "vitest"
import { createLog } from "../../src/base/log.ts"
import { createEvents } from "../../src/events/events.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { runSql } from "../support/rows.ts"
import { hold, holdEnd, offer, order, pay, pendingOrder } from "../support/shop.ts"

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** The log lines of one metric. */
const lines = (app: TestApp, metric: string) => app.log.filter((line) => line["metric"] === metric)

/** The fields that every line has besides its own. */
const line = (metric: string, msg: string, fields: object) => ({
  level: "info",
  timestamp: expect.stringMatching(ISO_TIME),
  metric,
  msg,
  ...fields,
})

const as = (id: string) => ({ headers: { "x-request-id": id } })

describe("log lines, field by field", () => {
  test("of a hold, its release and its order", async () => {
    await using app = await startTestApp()
    await app.post("/api/holds", { product_id: 1, qty: 2 }, as("first"))
    await app.send("DELETE", "/api/holds/1", as("second"))
    await app.post("/api/holds/1/3", undefined, as("third"))
    await app.post("/api/orders", { hold_id: 2 }, as("fourth"))

    expect(lines(app, "hold.created")).toEqual([
      line("hold.created", "Hold created.", { product_id: 1, quantity: 2, hold_id: 1, request_id: "first" }),
      line("hold.created", "Hold created.", { product_id: 1, quantity: 3, hold_id: 2, request_id: "third" }),
    ])
    expect(lines(app, "hold.released")).toEqual([
      line("hold.released", "Hold released.", {
        product_id: 1,
        quantity: 2,
        hold_id: 1,
        request_id: "second",
      }),
    ])
    expect(lines(app, "order.created")).toEqual([
      line("order.created", "Order created.", {
        order_id: 1,
        hold_id: 2,
        product_id: 1,
        quantity: 3,
        request_id: "fourth",
      }),
    ])
  })

  test("of payment events, by outcome", async () => {
    await using app = await startTestApp()
    const { order_id: paid } = await pendingOrder(app)
    const { order_id: failed } = await pendingOrder(app)
    const send = (key: string, order_id: number, status: string) =>
      pay(app, { idempotency_key: key, order_id, status }, as(`request-${key}-${status}`))
    await send("a", paid, "success")
    await send("a", paid, "success")
    await send("b", failed, "failed")
    await send("c", paid, "failed")

    const entry = (key: string, status: string, fields: object, msg: string) =>
      line("webhook.processed", msg, {
        idempotency_key: key,
        request_id: `request-${key}-${status}`,
        ...fields,
      })
    const [fresh, again] = [{ is_duplicate: false }, { is_duplicate: true }]
    expect(lines(app, "webhook.processed")).toEqual([
      entry(
        "a",
        "success",
        { order_id: paid, outcome: "paid", ...fresh },
        "Webhook Payment Success - Stock Deducted",
      ),
      entry("a", "success", { order_id: paid, outcome: "paid", ...again }, "Webhook Duplicate Ignored"),
      entry("b", "failed", { order_id: failed, outcome: "cancelled", ...fresh }, "Payment Failed"),
      entry(
        "c",
        "failed",
        { order_id: paid, outcome: "ignored_final", ...fresh },
        "Order already finalized, ignoring webhook.",
      ),
    ])
  })

  test("of expiry by the worker, without a request id", async () => {
    await using app = await startTestApp({ worker: true })
    const { id } = await offer(app, { hold_ttl_seconds: 1 })
    const { hold_id } = await hold(app, id, 4)
    await holdEnd(app, hold_id)
    await expect.poll(() => lines(app, "expiry.batch").length, { timeout: 5_000 }).toBe(1)

    expect(lines(app, "hold.expired")).toEqual([
      line("hold.expired", "Expired hold released.", { hold_id, product_id: id, quantity: 4 }),
    ])
    expect(lines(app, "expiry.batch")).toEqual([
      line("expiry.batch", "Expiry batch.", { expired_count: 1, duration_ms: expect.any(Number) }),
    ])
  })

  test("of a transaction that was retried", async () => {
    await using app = await startTestApp()
    await using rival = await lockProduct(app.databaseUrl)
    const held = hold(app, 1)
    await rival.killWaiter()
    await rival.unlock()

    expect((await held).qty).toBe(1)
    expect(lines(app, "stock.contention")).toEqual([
      expect.objectContaining({
        timestamp: expect.stringMatching(ISO_TIME),
        product_id: 1,
        attempts: 1,
        msg: "Transaction failed transiently; retrying.",
      }),
    ])
    expect(await metric(app, "doorbuster_transaction_retries_total")).toBe(1)
  })

  test("of a deadlock has the text of the founding documents", () => {
    const written: string[] = []
    const events = createEvents(createLog("warn", { write: (text) => void written.push(text) }))
    const deadlock = Object.assign(new pg.DatabaseError("deadlock detected", 0, "error"), { code: "40P01" })

    events.retried(1, 1, deadlock)

    expect(written.map((text) => JSON.parse(text) as unknown)).toEqual([
      expect.objectContaining({ reason: "deadlock detected", msg: "Deadlock encountered, retrying." }),
    ])
  })

  test("are written once per event: a refused or replayed request writes no line about an effect", async () => {
    await using app = await startTestApp()
    const before = app.log.length
    const key = { headers: { "idempotency-key": "once" } }
    await app.post("/api/holds", { product_id: 1, qty: 1 }, key)
    await app.post("/api/holds", { product_id: 1, qty: 1 }, key)
    await app.post("/api/holds", { product_id: 1, qty: 1_000 })
    await app.post("/api/holds", { product_id: 1, qty: "1" })

    expect(lines(app, "hold.created")).toHaveLength(1)
    expect(app.log.slice(before).filter((entry) => entry["metric"] !== undefined)).toHaveLength(1)
  })
})

/** Holds product 1's row lock like another process, and terminates the transaction that waits for it. */
async function lockProduct(databaseUrl: string) {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query("begin")
  await client.query("select id from products where id = 1 for update")
  return {
    async killWaiter() {
      await expect
        .poll(async () => (await client.query(waiters)).rowCount, { interval: 10, timeout: 10_000 })
        .toBe(1)
    },
    unlock: () => client.query("commit"),
    [Symbol.asyncDispose]: () => client.end(),
  }
}

/** Ends the first connection that waits for a lock. */
const waiters = `
  select pg_terminate_backend(pid)
    from pg_stat_activity
   where datname = current_database()
     and wait_event_type = 'Lock'
   limit 1`

/** The value of a sample; undefined: there is no such sample. */
async function metric(app: TestApp, sample: string): Promise<number | undefined> {
  const { body } = await app.get("/metrics")
  const found = String(body)
    .split("\n")
    .find((text) => text.startsWith(`${sample} `))
  return found === undefined ? undefined : Number(found.slice(sample.length + 1))
}

describe("metrics", () => {
  test.each([
    ["doorbuster_holds_total", "counter"],
    ["doorbuster_orders_total", "counter"],
    ["doorbuster_payment_events_total", "counter"],
    ["doorbuster_stock_units", "gauge"],
    ["doorbuster_invariant_violations", "gauge"],
    ["doorbuster_invariants_recounted_time_seconds", "gauge"],
    ["doorbuster_hold_expiry_lag_seconds", "gauge"],
    ["doorbuster_batch_size", "histogram"],
    ["doorbuster_batch_duration_seconds", "histogram"],
    ["doorbuster_lane_queue_length", "gauge"],
    ["doorbuster_streams", "gauge"],
    ["doorbuster_gate_refusals_total", "counter"],
    ["doorbuster_transaction_retries_total", "counter"],
    ["http_request_duration_seconds", "histogram"],
  ])("%s is a %s", async (name, type) => {
    await using app = await startTestApp()

    const { headers, body } = await app.get("/metrics")

    expect(headers["content-type"]).toMatch(/^text\/plain/)
    expect(String(body).split("\n")).toContain(`# TYPE ${name} ${type}`)
  })

  test("count results and refusals", async () => {
    await using app = await startTestApp()
    await hold(app, 1, 2)
    await app.post("/api/holds", { product_id: 1, qty: 1_000 })
    await app.post("/api/orders", { hold_id: 4_000_000 })
    const { hold_id } = await hold(app, 1, 3)
    const { order_id } = await order(app, hold_id)
    await app.post("/api/orders", { hold_id })
    await pay(app, { idempotency_key: "a", order_id })
    await pay(app, { idempotency_key: "a", order_id })

    const samples = {
      'doorbuster_holds_total{result="created"}': 2,
      'doorbuster_holds_total{result="out_of_stock"}': 1,
      'doorbuster_orders_total{result="created"}': 1,
      'doorbuster_orders_total{result="paid"}': 1,
      'doorbuster_orders_total{result="hold_already_used"}': 1,
      'doorbuster_payment_events_total{outcome="paid"}': 1,
      'doorbuster_payment_events_total{outcome="duplicate"}': 1,
      'doorbuster_stock_units{product="1",state="available"}': 95,
      'doorbuster_stock_units{product="1",state="held"}': 2,
      'doorbuster_stock_units{product="1",state="sold"}': 3,
      'http_request_duration_seconds_count{route="/api/holds",status="201"}': 2,
      'http_request_duration_seconds_count{route="/api/holds",status="409"}': 1,
    }
    for (const [sample, value] of Object.entries(samples)) {
      expect([sample, await metric(app, sample)]).toEqual([sample, value])
    }
  })

  test("tell what a scrape reads from the database", async () => {
    await using app = await startTestApp()
    await pay(app, { order_id: 9_000_000 })
    await expect.poll(() => metric(app, "doorbuster_money_inbox_entries")).toBe(1)
    const { hold_id } = await hold(app, 1, 1)
    await runSql(
      app.databaseUrl,
      `update holds set created_at = now() - interval '1 min', expires_at = now() - interval '7 s' where id = ${hold_id}`,
    )

    expect(await metric(app, "doorbuster_hold_expiry_lag_seconds")).toBeGreaterThan(6.9)
    expect(await metric(app, "doorbuster_hold_expiry_lag_seconds")).toBeLessThan(30)
    expect(Math.abs((await metric(app, "doorbuster_clock_skew_seconds")) ?? NaN)).toBeLessThan(1)
    expect(await metric(app, "doorbuster_database_up")).toBe(1)
    expect(await metric(app, "doorbuster_replication_lag_seconds")).toBe(0)
    expect(await metric(app, 'doorbuster_replication{state="none"}')).toBeUndefined()
    await app.app.engine.database.close()
    expect(await metric(app, "doorbuster_database_up")).toBe(0)
    expect(await metric(app, "doorbuster_money_inbox_entries")).toBe(1)
  })

  test("name routes, not paths, so that clients cannot add time series", async () => {
    await using app = await startTestApp()
    await Promise.all(["/api/holds/1", "/api/holds/abc", "/x1", "/x2"].map((path) => app.get(path)))

    const { body } = await app.get("/metrics")

    const routes = new Set([...String(body).matchAll(/route="([^"]*)"/g)].map(([, route]) => route))
    expect([...routes].sort((a = "", b = "") => a.localeCompare(b))).toEqual(["/api/holds/:id", "none"])
  })
})

test("changes by the shop are logged under the API's names, with the request id", async () => {
  await using app = await startTestApp()
  const before = app.log.length
  const opens_at = "2027-01-01T12:00:00.000Z"
  await app.send("PATCH", "/api/admin/products/1", {
    json: { price_minor: 1, opens_at, max_per_hold: null },
    headers: { "x-request-id": "the-change" },
  })
  await app.post("/api/admin/products/1/stock", { stock: 90, expected: 100 })

  expect(app.log.slice(before)).toMatchObject([
    {
      metric: "product.changed",
      product_id: 1,
      settings: { price_minor: 1, opens_at, max_per_hold: null },
      request_id: "the-change",
      msg: "Product changed.",
    },
    { metric: "stock.adjusted", product_id: 1, stock_before: 100, stock_after: 90, msg: "Stock adjusted." },
  ])
})

test("refused payment webhooks are logged at most ten times a second, with their number", async () => {
  await using app = await startTestApp()
  const refused = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      app.post("/api/payments/webhook", undefined, {
        raw: "{",
        headers: { "webhook-id": `message-${index}`, "content-type": "application/json" },
      }),
    ),
  )
  const lines = () => app.log.filter((entry) => entry["metric"] === "webhook.refused")

  await expect.poll(() => lines().length).toBeGreaterThan(0)
  expect(refused.every(({ status }) => status === 400)).toBe(true)
  expect(lines()[0]).toMatchObject({
    level: "warn",
    provider: "generic",
    status: 400,
    reason: expect.stringMatching(/^malformed_request: ./),
    webhook_id: expect.stringMatching(/^message-\d+$/),
    refused_since_last: 1,
    msg: "Payment webhook refused.",
  })
  expect(lines().length).toBeLessThan(10)
})

test("every answer's duration is measured from the arrival of its request, also for answers without a route", async () => {
  await using app = await startTestApp({ config: { corsOrigins: ["https://shop.example"] } })
  const headers = { origin: "https://shop.example", "access-control-request-method": "POST" }
  await app.send("OPTIONS", "/api/holds", { headers })
  for (const path of ["/api/products/1", "/nowhere", "/docs/", "/openapi.json"]) await app.get(path)

  const { body } = await app.get("/metrics")
  const sums = [...String(body).matchAll(/^http_request_duration_seconds_sum\{(.*)\} ([\d.e-]+)$/gm)]
  expect(sums.length).toBeGreaterThanOrEqual(5)
  for (const [, labels, seconds] of sums) expect.soft(Number(seconds), labels).toBeLessThan(1.5)
})
