import { setTimeout as sleep } from "node:timers/promises"
import Fastify from "fastify"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createAudit } from "../../src/http/access/audit.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase } from "../support/database.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { ADMIN_TOKEN, hold, offer, order, pay, startClosedApp } from "../support/shop.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
type Actions = any[]

async function actionsOf(app: TestApp, query = "", token?: string): Promise<Actions> {
  const answer = await app.get(`/api/admin/actions${query}`, token === undefined ? {} : { token })
  expect(answer.status).toBe(200)
  return answer.body.data
}

describe("the record of an admin action", () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
  })
  afterAll(() => app[Symbol.asyncDispose]())

  test("contains the time, the route, the way of access, the body and the status", async () => {
    const { id } = await offer(app, { stock: 5 })
    const headers = { "x-request-id": "the-change" }
    await app.post(`/api/admin/products/${id}/stock`, { stock: 8, expected: 5 }, { headers })

    await expect.poll(() => actionsOf(app, `?product_id=${id}`)).toHaveLength(2)
    const [stock, created] = await actionsOf(app, `?product_id=${id}`)
    expect(stock).toEqual({
      action_id: expect.any(Number),
      way: "open",
      operator_id: null,
      operator: null,
      route: "POST /api/admin/products/:id/stock",
      path: `/api/admin/products/${id}/stock`,
      product_id: id,
      order_id: null,
      content: { stock: 8, expected: 5 },
      status: 200,
      request_id: "the-change",
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    expect(created).toMatchObject({ route: "POST /api/admin/products", status: 201, content: { stock: 5 } })
  })

  test("exists for a refused request too, and contains no body that does not match the schema", async () => {
    const { id } = await offer(app, { stock: 5 })
    await app.post(`/api/admin/products/${id}/stock`, { stock: 8, expected: 6 })
    await app.post(`/api/admin/products/${id}/stock`, { stock: 8, secret_by_mistake: "hunter2" })

    await expect.poll(() => actionsOf(app, `?product_id=${id}`)).toHaveLength(3)
    const [odd, refused] = await actionsOf(app, `?product_id=${id}`)
    expect(refused).toMatchObject({ status: 409, content: { stock: 8, expected: 6 } })
    expect(odd).toMatchObject({ status: 422, content: null })
  })

  test("contains the beginning of a long text, even when the cut divides a surrogate pair", async () => {
    const { id } = await offer(app, { description: `.${"🎈".repeat(500)}` })

    await expect.poll(() => actionsOf(app, `?product_id=${id}`)).toHaveLength(1)
    const [{ content }] = await actionsOf(app, `?product_id=${id}`)
    expect(content.description).toMatch(/^\.🎈{149}\ufffd…$/u)
  })

  test("names the product of an order, and the order of an entry of the money inbox", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id)
    const { order_id } = await order(app, hold_id)
    await pay(app, { order_id, payment_id: `p-${order_id}` })
    await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: null })
    await pay(app, { order_id: 8_000_000, idempotency_key: "stray" })
    await app.post("/api/admin/money/returned", { provider: "generic", key: "stray" })

    await expect.poll(() => actionsOf(app, `?product_id=${id}`)).toHaveLength(2)
    const [refund] = await actionsOf(app, `?product_id=${id}`)
    expect(refund).toMatchObject({ order_id, status: 201, content: { amount_minor: null } })
    await expect
      .poll(async () => (await actionsOf(app))[0])
      .toMatchObject({ route: "POST /api/admin/money/returned", order_id: 8_000_000 })
  })

  test("contains no secrets", async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    const url = "https://shop.example/services/hunter3?key=hunter2"
    const made = await app.post("/api/admin/webhooks", { url, secret })
    await app.post(`/api/admin/webhooks/${made.body.endpoint_id}/rotate`, { secret })

    await expect.poll(async () => (await actionsOf(app))[0].route).toMatch(/rotate$/)
    const kept = JSON.stringify(await actionsOf(app))
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain("hunter2")
    expect(kept).not.toContain("hunter3")
    expect(kept).toContain("https://shop.example")
  })

  test("says of a mailbox that it is one, and not whose", async () => {
    await app.post("/api/admin/webhooks", { url: "mailto:ada@shop.example" })
    await expect.poll(async () => (await actionsOf(app))[0].content).toMatchObject({ url: "mailto:…" })
    expect(JSON.stringify(await actionsOf(app))).not.toContain("ada")
  })

  test("contains no body if the route has no schema for one", async () => {
    const { id } = await offer(app)
    for (const raw of ['{"a":"\\u0000"}', '{"a":"\\ud800"}', `{"secret":{"secret":"hunter4"}}`]) {
      expect((await app.send("POST", `/api/admin/products/${id}/pause`, { raw })).status).toBe(200)
    }
    await expect.poll(() => actionsOf(app, `?product_id=${id}`)).toHaveLength(4)
    const kept = await actionsOf(app, `?product_id=${id}`)
    expect(kept.map(({ content }) => content)).toEqual([null, null, null, expect.anything()])
  })

  test("is listed page by page, exactly once", async () => {
    // Actions are written in order, so when this one is there, no earlier one is missing.
    const { id } = await offer(app)
    await expect.poll(() => actionsOf(app, `?product_id=${id}`)).toHaveLength(1)
    const all = await actionsOf(app, "?limit=100")
    const paged: Actions = []
    for (let cursor = ""; ;) {
      const { body } = await app.get(`/api/admin/actions?limit=2${cursor && `&cursor=${cursor}`}`)
      paged.push(...body.data)
      if (body.next_cursor === null) break
      cursor = body.next_cursor
    }

    expect(paged.map((row) => row.action_id)).toEqual(all.map((row) => row.action_id))
    expect(new Set(paged.map((row) => row.action_id)).size).toBe(paged.length)
  })

  test.each(["?product_id=x", "?cursor=x", "?limit=0", "?cursor=WzEuNSwxXQ"])(
    "is not listed for the invalid query %s",
    async (query) => {
      expect(await app.get(`/api/admin/actions${query}`)).toBeProblem(422, "invalid_request")
    },
  )
})

test("the record distinguishes tokens from sessions, and unauthorised requests leave no record", async () => {
  await using app = await startClosedApp()
  const answer = await app.post("/admin/session", { token: ADMIN_TOKEN })
  const cookie = String(answer.headers["set-cookie"]).split(";")[0] ?? ""
  const pause = "/api/admin/products/1/pause"
  await app.post(pause)
  await app.post(pause, undefined, { token: "wrong" })
  await app.post(pause, undefined, { headers: { cookie, "sec-fetch-site": "cross-site" } })
  await app.post(pause, undefined, { headers: { cookie, "sec-fetch-site": "same-origin" } })
  await app.post(pause, undefined, { token: ADMIN_TOKEN })

  await expect.poll(() => actionsOf(app, "", ADMIN_TOKEN)).toHaveLength(2)
  const ways = (await actionsOf(app, "", ADMIN_TOKEN)).map(({ way }) => way)
  expect(ways).toEqual(["token", "session"])
  expect(await app.get("/api/admin/actions")).toBeProblem(401, "unauthorized")
})

test("a change whose record cannot be written is made nevertheless, and the log reports it", async () => {
  await using app = await startTestApp()
  await runSql(app.databaseUrl, "alter table admin_actions rename to gone")

  expect((await app.post("/api/admin/products/1/pause")).status).toBe(200)

  await expect
    .poll(() => app.log.find((line) => line["metric"] === "admin.audit_failed"))
    .toMatchObject({
      level: "error",
      action: { route: "POST /api/admin/products/:id/pause", status: 200, productId: 1 },
    })
})

test("a change does not wait for its record, but stopping does", async () => {
  await using database = await createTestDatabase()
  const app = await startTestApp({ databaseUrl: database.url })
  const locker = new pg.Client({ connectionString: database.url })
  await locker.connect()
  await locker.query("begin")
  await locker.query("select next_id from id_blocks where kind = 'admin_actions' for update")

  expect((await app.post("/api/admin/products/1/pause")).status).toBe(200)
  const stopped = app[Symbol.asyncDispose]()
  // By then a stop that does not wait for the record would have closed its pools.
  await sleep(300)
  await locker.query("rollback")
  await locker.end()
  await stopped

  await using again = await startTestApp({ databaseUrl: database.url })
  expect(await actionsOf(again)).toMatchObject([{ route: "POST /api/admin/products/:id/pause", status: 200 }])
})

test("actions are recorded in the order of their answers, even when the first waits for its id", async () => {
  const kept: string[] = []
  const late = Promise.withResolvers<void>()
  let next = 0
  const audit = createAudit({
    actions: { record: async ({ path }) => void kept.push(path) },
    ids: {
      async next() {
        next += 1
        if (next === 1) await late.promise
        return next
      },
    },
    events: { auditFailed: () => expect.unreachable() },
  })
  const server = Fastify()
  server.addHook("onRequest", async (request) => audit.began(request, { by: "open", operator: null }))
  server.addHook("onSend", async (request, reply, payload) => audit.answered(request, reply, payload))
  server.post("/:step", async () => ({}))

  for (const step of ["/pause", "/resume", "/close"]) await server.inject({ method: "POST", url: step })
  late.resolve()
  await audit.settled()

  expect(kept).toEqual(["/pause", "/resume", "/close"])
})
