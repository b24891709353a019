import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { startOutage } from "../support/outage.ts"
import "../support/problem.ts"
import { hold } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const healthy = {
  status: "ok",
  database: "ok",
  version: expect.stringMatching(/^\d+\.\d+\.\d+/),
  uptime_seconds: expect.any(Number),
}

describe("health", () => {
  test.each(["/health", "/readyz"])("%s answers 200 while the server is ready", async (path) => {
    const answer = await app.get(path)

    expect([answer.status, answer.body]).toEqual([200, healthy])
    expect(answer.headers["cache-control"]).toBe("no-store")
  })

  test("/livez answers 200 while the process is alive", async () => {
    expect(await app.get("/livez")).toMatchObject({ status: 200, body: { status: "ok" } })
  })

  test("answers 503 while the database is unavailable and 200 afterwards, without a restart", async () => {
    await using served = await startTestApp()
    await using outage = await startOutage(served.databaseUrl)
    const unwell = { ...healthy, status: "unavailable", database: "unavailable" }

    const ready = await served.get("/readyz")
    expect([ready.status, ready.body]).toEqual([503, unwell])
    expect((await served.get("/health")).status).toBe(503)
    expect((await served.get("/livez")).status).toBe(200)
    expect((await served.get("/metrics")).status).toBe(200)

    await outage.end()
    await expect.poll(async () => (await served.get("/readyz")).status, { timeout: 10_000 }).toBe(200)
    expect((await hold(served, 1)).qty).toBe(1)
    expect(await differencesIn(served.databaseUrl)).toEqual([])
  })

  test.each<[method: string, path: string, json?: object]>([
    ["GET", "/api/products/1"],
    ["GET", "/api/products"],
    ["GET", "/api/holds/1"],
    ["GET", "/api/orders/1"],
    ["POST", "/api/holds", { product_id: 1, qty: 1 }],
    ["POST", "/api/orders", { hold_id: 1 }],
    ["POST", "/api/payments/webhook", { idempotency_key: "k", order_id: 1, status: "success" }],
    ["POST", "/api/admin/products/1/pause"],
  ])(
    "while the database accepts no connections, %s %s answers 503 with Retry-After",
    async (method, path, json) => {
      await using served = await startTestApp()
      await using outage = await startOutage(served.databaseUrl)

      const answer = await served.send(method, path, { json })
      await outage.end()

      expect(answer).toBeProblem(503, "unavailable")
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0)
    },
  )
})

describe("x-request-id", () => {
  test.each(["abc", "a-b_c.d", "0", "x".repeat(128)])("%s is taken from the client", async (id) => {
    const { headers } = await app.get("/api/products/1", { headers: { "x-request-id": id } })

    expect(headers["x-request-id"]).toBe(id)
  })

  test.each(["", "x".repeat(129), "a b", "a\tb", "<script>", "a,b", "é"])(
    "%j is replaced by an id of the server",
    async (id) => {
      const { headers } = await app.get("/api/products/1", { headers: { "x-request-id": id } })

      expect(headers["x-request-id"]).toMatch(/^[\w-]{12}-\d+$/)
    },
  )

  // Also for requests without a route, and for requests that cannot be routed.
  test.each([
    ["an unknown address", "GET", "/nowhere", 404, "route_not_found"],
    ["an unknown id", "GET", "/api/products/abc", 404, "product_not_found"],
    ["a missing body", "POST", "/api/holds", 422, "invalid_request"],
    ["an invalid percent-encoding", "GET", "/api/products/%zz", 400, "malformed_request"],
    ["an id of 300 digits", "GET", `/api/products/${"1".repeat(300)}`, 400, "malformed_request"],
  ])(
    "is the same in the headers and the problem document of the answer to %s",
    async (_, method, path, status, code) => {
      const answer = await app.send(method, path, { headers: { "x-request-id": "mine" } })

      expect(answer).toBeProblem(status, code)
      expect(answer.body.request_id).toBe("mine")
      expect(answer.headers["x-request-id"]).toBe("mine")
    },
  )

  test("is different for each request", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.get("/livez")))

    expect(new Set(answers.map(({ headers }) => headers["x-request-id"])).size).toBe(20)
  })
})

describe("security headers", () => {
  test.each(["/api/products/1", "/nowhere", "/api/products/%zz", "/health", "/docs/"])(
    "are sent with %s",
    async (path) => {
      const { headers } = await app.get(path)

      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "strict-transport-security": expect.stringContaining("max-age="),
        "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      })
      expect(headers["x-powered-by"]).toBeUndefined()
      expect(headers["server"]).toBeUndefined()
    },
  )
})

describe("/docs", () => {
  test("is a page that loads nothing from other hosts", async () => {
    const page = await app.get("/docs/")

    expect(page.status).toBe(200)
    expect(page.headers["content-type"]).toMatch(/^text\/html/)
    expect(page.body).toContain("/openapi.json")
    expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  })
})

test("HEAD answers like GET, without a body", async () => {
  const { status, headers, body } = await app.send("HEAD", "/api/products/1")

  expect([status, body]).toEqual([200, ""])
  expect(headers["etag"]).toBe((await app.get("/api/products/1")).headers["etag"])
})
