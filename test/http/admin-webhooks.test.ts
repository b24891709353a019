import { Webhook } from "standardwebhooks"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { startReceiver } from "../support/receiver.ts"
import { ADMIN_TOKEN, hold, order, pendingOrder, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ worker: true, config: { webhookAllowPrivate: true } })
})
afterAll(() => app[Symbol.asyncDispose]())
afterEach(async () => {
  for (const { endpoint_id } of (await app.get("/api/admin/webhooks")).body.data) await remove(endpoint_id)
})

const remove = (id: number) => app.send("DELETE", `/api/admin/webhooks/${id}`)
const change = (id: number, json: object) => app.send("PATCH", `/api/admin/webhooks/${id}`, { json })

/** Makes an endpoint and returns it with its secret. */
async function listen(body: object = {}) {
  const answer = await app.post("/api/admin/webhooks", { url: "https://hook.invalid/x", ...body })
  expect(answer.status).toBe(201)
  return answer.body
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
async function deliveriesOf(id: number, query = ""): Promise<any[]> {
  const answer = await app.get(`/api/admin/webhooks/${id}/deliveries?limit=100${query}`)
  expect(answer.status).toBe(200)
  return answer.body.data
}

const idsOf = async (id: number, query?: string): Promise<string[]> =>
  (await deliveriesOf(id, query)).map(({ webhook_id }) => webhook_id)

describe("an endpoint", () => {
  test("is created, listed, changed and deleted; its secret is shown once", async () => {
    const { secret, ...made } = await listen()
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/)
    expect(made).toMatchObject({
      url: "https://hook.invalid/x",
      types: null,
      enabled: true,
      disabled_reason: null,
      previous_secret_until: null,
    })
    const path = `/api/admin/webhooks/${made.endpoint_id}`
    expect((await app.get(path)).body).toEqual(made)
    expect((await app.get("/api/admin/webhooks")).body).toEqual({ data: [made] })

    const changed = await change(made.endpoint_id, { types: ["order.paid"], enabled: false })
    expect(changed.body).toMatchObject({
      url: made.url,
      types: ["order.paid"],
      enabled: false,
      disabled_reason: "by request",
    })
    expect((await change(made.endpoint_id, { types: null, enabled: true })).body).toMatchObject({
      types: null,
      enabled: true,
      disabled_reason: null,
    })
    expect((await change(made.endpoint_id, {})).body).toMatchObject({ types: null, enabled: true })

    expect((await remove(made.endpoint_id)).status).toBe(200)
    for (const [method, route] of [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["POST", "/rotate"],
      ["GET", "/deliveries"],
      ["POST", "/replay"],
    ] as const) {
      const json = route === "/replay" ? { since: "2026-01-01T00:00:00Z" } : {}
      const answer = await app.send(method, path + route, ["GET", "DELETE"].includes(method) ? {} : { json })
      expect(answer).toBeProblem(404, "webhook_endpoint_not_found")
    }
  })

  test("accepts a secret from the request, on creation and on rotation", async () => {
    const own = `whsec_${Buffer.alloc(24, 1).toString("base64")}`
    const { endpoint_id, secret } = await listen({ secret: own })
    expect(secret).toBe(own)
    const path = `/api/admin/webhooks/${endpoint_id}/rotate`
    const rotated = (await app.post(path)).body
    expect(rotated.secret).toMatch(/^whsec_/)
    expect(rotated.secret).not.toBe(own)
    const hours = (Date.parse(rotated.previous_secret_until) - Date.now()) / 3_600_000
    expect(hours).toBeCloseTo(24, 1)
    const again = (await app.post(path, { secret: rotated.secret })).body
    expect(again.previous_secret_until).toBe(rotated.previous_secret_until)
    expect((await app.post(path, { secret: own })).body.secret).toBe(own)
  })

  test.each([
    ["no address", {}],
    ["another scheme", { url: "ftp://hook.example" }],
    ["no host", { url: "https://" }],
    ["a name and password", { url: "https://me:secret@hook.example/" }],
    ["an invalid port", { url: "https://hook.example:99999/" }],
    ["a space", { url: "https://hook.example/a b" }],
    ["an unknown type", { url: "https://hook.example", types: ["order.lost"] }],
    ["an empty list of types", { url: "https://hook.example", types: [] }],
    ["the same type twice", { url: "https://hook.example", types: ["order.paid", "order.paid"] }],
    ["a short secret", { url: "https://hook.example", secret: "whsec_c2hvcnQ=" }],
    ["a secret without its prefix", { url: "https://hook.example", secret: "A".repeat(32) }],
    ["an unknown field", { url: "https://hook.example", enabled: false }],
  ])("with %s is refused", async (_, body) => {
    expect(await app.post("/api/admin/webhooks", body)).toBeProblem(422, "invalid_request")
  })

  test("is sent a test event, signed and at once, whatever it wants and whether it is enabled or not", async () => {
    await using receiver = await startReceiver()
    const { endpoint_id: id, secret } = await listen({ url: receiver.url, types: ["order.paid"] })
    await change(id, { enabled: false })
    await app.post(`/api/admin/webhooks/${id}/rotate`, {})

    const { status, body } = await app.post(`/api/admin/webhooks/${id}/test`)

    expect([status, body]).toEqual([
      200,
      {
        webhook_id: expect.stringMatching(/^endpoint_test-\d+-\d+$/),
        delivered: true,
        response_status: 204,
        error: null,
      },
    ])
    const [message] = await receiver.has(1)
    const event = new Webhook(secret).verify(message?.body ?? "", message?.headers as Record<string, string>)
    expect(event).toEqual({ type: "endpoint.test", timestamp: expect.any(String), data: { endpoint_id: id } })
    expect(message?.id).toBe(body.webhook_id)
    expect(await deliveriesOf(id)).toEqual([])

    receiver.answer((response) => void response.writeHead(503).end())
    expect((await app.post(`/api/admin/webhooks/${id}/test`)).body).toMatchObject({
      delivered: false,
      response_status: 503,
    })
    await change(id, { url: "https://hook.invalid/x" })
    expect((await app.post(`/api/admin/webhooks/${id}/test`)).body).toMatchObject({
      delivered: false,
      response_status: null,
      error: expect.stringContaining("hook.invalid"),
    })
    expect(await app.post("/api/admin/webhooks/999999/test")).toBeProblem(404, "webhook_endpoint_not_found")
  })

  test("beyond the limit is refused, even among concurrent requests", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => app.post("/api/admin/webhooks", { url: "https://hook.invalid" })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(32)
    const refused = answers.find(({ status }) => status !== 201)
    expect(refused).toBeProblem(409, "too_many_endpoints", { most_endpoints: 32 })
  })

  test("is accessible only to the shop", async () => {
    await using closed = await startClosedApp()
    for (const [method, path] of [
      ["POST", "/api/admin/webhooks"],
      ["GET", "/api/admin/webhooks"],
      ["GET", "/api/admin/webhooks/1"],
      ["PATCH", "/api/admin/webhooks/1"],
      ["DELETE", "/api/admin/webhooks/1"],
      ["POST", "/api/admin/webhooks/1/rotate"],
      ["GET", "/api/admin/webhooks/1/deliveries"],
      ["POST", "/api/admin/webhooks/1/deliveries/order_paid-1/replay"],
      ["POST", "/api/admin/webhooks/1/replay"],
    ] as const) {
      expect((await closed.send(method, path)).status).toBe(401)
      expect((await closed.send(method, path, { token: ADMIN_TOKEN })).status).not.toBe(401)
    }
  })
})

describe("deliveries", () => {
  test("the receiver gets the events, signed with the secret that was shown", async () => {
    await using receiver = await startReceiver()
    const { endpoint_id, secret } = await listen({ url: receiver.url })
    const { order_id } = await pendingOrder(app)
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1)
    const [{ headers, body } = { headers: {}, body: "" }] = receiver.received
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({
      type: "order.created",
      timestamp: expect.any(String),
      data: (await app.get(`/api/orders/${order_id}`)).body,
    })
    await expect
      .poll(() => deliveriesOf(endpoint_id))
      .toMatchObject([{ webhook_id: `order_created-${order_id}`, status: "delivered", response_status: 204 }])
  })

  test("are listed newest first, page by page, filtered by status", async () => {
    await using receiver = await startReceiver()
    const { endpoint_id } = await listen({ url: receiver.url })
    const ids: string[] = []
    for (let count = 0; count < 5; count += 1) {
      const { hold_id } = await hold(app, 1)
      ids.unshift(`order_created-${(await order(app, hold_id)).order_id}`)
    }
    await expect.poll(() => idsOf(endpoint_id)).toEqual(ids)
    for (const limit of [1, 2, 3]) {
      const pages: string[] = []
      for (let cursor: string | null = ""; cursor !== null;) {
        const more: string = cursor === "" ? "" : `&cursor=${cursor}`
        const answer = await app.get(`/api/admin/webhooks/${endpoint_id}/deliveries?limit=${limit}${more}`)
        pages.push(...answer.body.data.map((delivery: { webhook_id: string }) => delivery.webhook_id))
        cursor = answer.body.next_cursor
      }
      expect(pages).toEqual(ids)
    }
    await app.app.engine.database.views.query("update webhook_deliveries set status = 'due'")
    await app.app.engine.database.views.query(
      "update webhook_deliveries set status = 'failed' where event_id = $1",
      [ids[1]],
    )
    await change(endpoint_id, { enabled: false })
    expect(await idsOf(endpoint_id, "&status=failed")).toEqual([ids[1]])
    for (const query of ["status=lost", "cursor=x", "limit=0"]) {
      const answer = await app.get(`/api/admin/webhooks/${endpoint_id}/deliveries?${query}`)
      expect(answer).toBeProblem(422, "invalid_request")
    }
  })

  test("one is replayed under its id, any number of times", async () => {
    await using receiver = await startReceiver()
    const { endpoint_id } = await listen({ url: receiver.url })
    const { order_id } = await pendingOrder(app)
    const id = `order_created-${order_id}`
    const path = `/api/admin/webhooks/${endpoint_id}/deliveries/${id}/replay`
    const arrived = async (count: number) => {
      await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(count)
      await expect.poll(() => deliveriesOf(endpoint_id, "&status=delivered")).toHaveLength(1)
    }
    for (let count = 1; count <= 2; count += 1) {
      await arrived(count)
      expect((await app.post(path)).body).toMatchObject({ webhook_id: id, attempts: 0 })
    }
    await arrived(3)
    expect(receiver.received.map((message) => message.id)).toEqual([id, id, id])
    for (const name of ["order_created-999999", "x", "order_paid-1%00"]) {
      const answer = await app.post(`/api/admin/webhooks/${endpoint_id}/deliveries/${name}/replay`)
      expect(answer).toBeProblem(404, "webhook_delivery_not_found")
    }
  })

  test("all events since a time are replayed, including those while the endpoint was disabled", async () => {
    await using receiver = await startReceiver()
    const { endpoint_id } = await listen({ url: receiver.url, types: ["order.cancelled"] })
    const cancelled = async () => {
      const { order_id } = await pendingOrder(app)
      await app.post(`/api/orders/${order_id}/cancel`)
      return `order_cancelled-${order_id}`
    }
    const before = await cancelled()
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1)
    await change(endpoint_id, { enabled: false })
    const since = new Date().toISOString()
    const missed = [await cancelled(), await cancelled()]
    await expect
      .poll(async () => {
        const { rows } = await app.app.engine.database.views.query(
          "select id from outbox where addressed_at is null",
        )
        return rows
      })
      .toEqual([])
    await change(endpoint_id, { enabled: true })

    const answer = await app.post(`/api/admin/webhooks/${endpoint_id}/replay`, { since })
    expect(answer.body).toEqual({ replayed: 2 })
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(3)
    const ids = receiver.received.map(({ id }) => id)
    expect(ids[0]).toBe(before)
    expect(ids.slice(1).sort()).toEqual(missed.sort())
  })

  test.each(["yesterday", "2026-13-01T00:00:00Z", "2026-11-27", 5, null])(
    "a replay since %j is refused",
    async (since) => {
      const { endpoint_id } = await listen()
      const answer = await app.post(`/api/admin/webhooks/${endpoint_id}/replay`, { since })
      expect(answer).toBeProblem(422, "invalid_request")
    },
  )

  test.each([
    "0000-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
  ])("a replay since %s covers all stored events", async (since) => {
    const { endpoint_id } = await listen({ types: ["order.refunded"] })
    const answer = await app.post(`/api/admin/webhooks/${endpoint_id}/replay`, { since })
    expect(answer).toMatchObject({ status: 200, body: { replayed: 0 } })
  })
})
