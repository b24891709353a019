import pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { everyRow, openScopedDatabase, runSql } from "../support/rows.ts"
import { pendingOrder, signature, startClosedApp } from "../support/shop.ts"

// A payment message that says more than its event is kept as it came.

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const path = "/api/payments/webhook"
const send = (raw: string, to: TestApp = app) =>
  to.send("POST", path, { raw, headers: { "content-type": "application/json" } })

interface Kept {
  readonly key: string
  readonly message: string
}

async function keptIn(shop: TestApp): Promise<readonly Kept[]> {
  await using database = openScopedDatabase(shop.databaseUrl)
  return ((await everyRow(database.views))["payment_messages"] ?? []) as Kept[]
}

/** What the admin API shows of the message of an event. */
async function shownOf(orderId: number): Promise<readonly (string | null)[]> {
  const { data } = (await app.get(`/api/admin/payment-events?order_id=${orderId}`)).body
  return data.map(({ message }: { message: string | null }) => message)
}

describe("a message with unknown fields", () => {
  test("is kept as it came, and shown with its event", async () => {
    const { order_id } = await pendingOrder(app)
    const raw = `{ "idempotency_key":"more", "order_id":${order_id}, "status":"paid",\n "buyer":{"name":"Jörg 🎈"} }`

    expect(await send(raw)).toMatchObject({ status: 200, body: { outcome: "paid" } })

    expect(await shownOf(order_id)).toEqual([raw])
  })

  test("is kept once, however often it comes: the first text stays", async () => {
    const { order_id } = await pendingOrder(app)
    const said = (attempt: number, more = {}) =>
      JSON.stringify({ idempotency_key: "once", order_id, status: "paid", attempt, ...more })

    const answers = await Promise.all([1, 1, 1].map((attempt) => send(said(attempt))))
    const again = await send(said(2))
    const reused = await send(said(3, { amount_minor: 1 }))

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(again.body).toMatchObject({ duplicate: true, outcome: "paid" })
    expect(reused).toBeProblem(409, "idempotency_key_reused")
    expect((await keptIn(app)).filter(({ key }) => key === "once")).toMatchObject([{ message: said(1) }])
  })

  test("that is parked for its order is shown in the money inbox", async () => {
    const raw = JSON.stringify({
      idempotency_key: "early",
      order_id: 990_001,
      status: "paid",
      livemode: true,
    })

    expect((await send(raw)).status).toBe(202)

    const { data } = (await app.get("/api/admin/money?limit=100")).body
    const entry = data.find((one: { payment_event: Kept | null }) => one.payment_event?.key === "early")
    expect(entry.payment_event.message).toBe(raw)
    const returned = await app.post("/api/admin/money/returned", { provider: "generic", key: "early" })
    expect(returned.body.payment_event.message).toBe(raw)
  })

  test("that is long is kept whole, and shown up to 4,000 characters", async () => {
    const { order_id } = await pendingOrder(app)
    const start = `{"idempotency_key":"long","order_id":${order_id},"status":"paid","note":"`
    const raw = `${start}${"🎈".repeat(200_000)}"}`

    expect((await send(raw)).status).toBe(200)

    expect(await shownOf(order_id)).toEqual([`${start}${"🎈".repeat(4_000 - start.length)}…`])
    expect((await keptIn(app)).find(({ key }) => key === "long")?.message).toBe(raw)
  })
})

test("a message that its event holds whole is not kept", async () => {
  const { order_id } = await pendingOrder(app)

  await send(JSON.stringify({ transaction_id: "plain", order_id, status: "paid", payment_id: "p-plain" }))

  expect(await shownOf(order_id)).toEqual([null])
  expect((await keptIn(app)).filter(({ key }) => key === "plain")).toEqual([])
})

describe("a message that cannot be understood", () => {
  test.each([
    ["an object", '{"transaction_id":"odd-1","status":"settled"}'],
    ["a NUL character", '{"transaction_id":"odd\\u0000","status":"settled"}'],
    ["half a surrogate", '{"idempotency_key":"\\ud800","status":"paid","order_id":1}'],
    ["a field that every object has", '{"constructor":1,"status":"paid","order_id":"1"}'],
    ["a list", " [1, 2]\n"],
    ["nothing", "null"],
  ])("(%s) is kept as it came, once, and shown in the money inbox", async (_what, raw) => {
    const first = await send(raw)
    const again = await send(raw)

    expect([first.status, again.status]).toEqual([202, 200])
    const { data } = (await app.get("/api/admin/money?limit=100")).body
    const texts = data.map((entry: { payment_event: Kept | null }) => entry.payment_event?.message)
    expect(texts.filter((text: string | null) => text === raw)).toHaveLength(1)
    expect((await keptIn(app)).filter(({ message }) => message === raw)).toHaveLength(1)
  })

  test("is not kept of a stranger", async () => {
    await using shop = await startClosedApp()
    const raw = '{"status":"settled"}'

    expect(await send(raw, shop)).toBeProblem(401, "invalid_signature")
    expect(await keptIn(shop)).toEqual([])
    expect((await shop.send("POST", path, { raw, headers: signature(raw) })).status).toBe(202)
    expect(await keptIn(shop)).toMatchObject([{ message: raw }])
  })
})

describe("a text that cannot be kept", () => {
  test("changes no answer, and leaves a line in the log; a plain message does not ask for it", async () => {
    await using shop = await startTestApp()
    await runSql(shop.databaseUrl, "drop table payment_messages")
    const [plain, more] = [await pendingOrder(shop), await pendingOrder(shop)]
    const said = (key: string, order_id: number) => ({ idempotency_key: key, order_id, status: "paid" })

    const answers = [
      await shop.post(path, said("plain", plain.order_id)),
      await shop.post(path, { ...said("more", more.order_id), livemode: true }),
      await shop.post(path, { status: "settled" }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 202])
    const told = shop.log.filter(({ metric }) => metric === "webhook.message_not_kept")
    expect(told).toMatchObject([{ key: "more" }, { key: expect.stringMatching(/^unclear-/) }])
    expect(shop.log.filter(({ msg }) => msg === "Fault.")).toEqual([])
  })

  test("for a passing reason is kept when its provider repeats the message, and the payment counts once", async () => {
    await using shop = await startTestApp()
    const { order_id } = await pendingOrder(shop)
    const raw = JSON.stringify({ idempotency_key: "later", order_id, status: "paid", livemode: true })
    const other = new pg.Client({ connectionString: shop.databaseUrl })
    await other.connect()
    await other.query("begin; lock table payment_messages")

    expect(await send(raw, shop)).toBeProblem(503, "unavailable")
    await other.end()
    expect((await send(raw, shop)).body).toMatchObject({ duplicate: true, outcome: "paid" })

    expect(await keptIn(shop)).toMatchObject([{ key: "later", message: raw }])
    expect(await differencesIn(shop.databaseUrl)).toEqual([])
  })
})

test("after all of this the books balance", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
