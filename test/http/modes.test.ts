import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createClient } from "../support/http.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { startServerProcess } from "../support/server-process.ts"
import { ADMIN_TOKEN, closed, hold, offer, order, productNow, signature } from "../support/shop.ts"
import { startClosedApp, WEBHOOK_SECRET } from "../support/shop.ts"

const launcher = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))

/** An invalid configuration is reported at once; most of this time is Node's own start. */
const ENDS_WITHIN_MS = 8_000

/** Runs `serve` with an invalid configuration until it exits. */
function serveInVain(environment: Record<string, string>): Promise<{ status: unknown; output: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], PORT: "0", ...environment }
    execFile(
      process.execPath,
      [launcher, "serve"],
      { env, timeout: ENDS_WITHIN_MS },
      (error, stdout, stderr) => resolve({ status: error?.code ?? 0, output: `${stdout}${stderr}` }),
    )
  })
}

describe("a server refuses to start", () => {
  test.each(["0.0.0.0", "::", "192.168.1.1", "shop.example"])("open on %s", async (host) => {
    await expect(startTestApp({ config: { host } })).rejects.toThrow(/^HOST is ".*" .*ADMIN_TOKEN/)
  })

  test("in closed mode without the webhook secret of payments", async () => {
    const config = { adminToken: ADMIN_TOKEN, paymentWebhookSecret: null }

    await expect(startTestApp({ config })).rejects.toThrow(/^PAYMENT_WEBHOOK_SECRET is not set/)
  })

  test.each([
    ["open on 0.0.0.0", { HOST: "0.0.0.0" }, "HOST"],
    ["closed without a webhook secret", { ADMIN_TOKEN }, "PAYMENT_WEBHOOK_SECRET"],
    [
      "on an address that is not this machine's",
      { HOST: "192.0.2.1", ADMIN_TOKEN, PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET },
      "192.0.2.1",
    ],
  ])("as a process %s: one line, exit 2", async (_, environment, names) => {
    await using database = await createTestDatabase()

    const { status, output } = await serveInVain({
      DATABASE_URL: database.url,
      LOG_LEVEL: "fatal",
      ...environment,
    })

    expect(output.trim().split("\n")).toEqual([expect.stringMatching(names)])
    expect(output).not.toContain(ADMIN_TOKEN)
    expect(status).toBe(2)
  })
})

describe("open mode", () => {
  test("reports the mode in its first log line, and requires no token", async () => {
    await using database = await createTestDatabase()
    await using server = await startServerProcess({ DATABASE_URL: database.url })

    const [first = ""] = server.output().split("\n")

    expect(JSON.parse(first)).toMatchObject({
      level: "warn",
      msg: expect.stringMatching(/open mode.*loopback/i),
    })
    expect((await server.post("/api/admin/products/1/pause")).status).toBe(200)
    expect(new URL(server.url).hostname).toBe("127.0.0.1")
  })

  test("puts product 1 on sale in an empty database; closed mode puts nothing on sale", async () => {
    const started = async (environment: Record<string, string>) => {
      await using database = await createTestDatabase()
      await using server = await startServerProcess({ DATABASE_URL: database.url, ...environment })
      const { body } = await server.get("/api/products")
      return body.data.map(({ name }: { name: string }) => name)
    }
    const closed = { ADMIN_TOKEN, PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET }

    expect(await started({})).toEqual(["Flash Sale Product"])
    expect(await started(closed)).toEqual([])
  })

  // Pages of other sites run in browsers on this machine too, and their own names may resolve to it.
  test.each([
    ["a name of another site that resolves to this machine", { host: "rebound.evil.example" }, 403],
    ["a name that begins like this machine's", { host: "127.0.0.1.evil.example" }, 403],
    ["a name that ends like this machine's", { host: "evil.localhost.example:8000" }, 403],
    ["a foreign origin", { origin: "https://evil.example" }, 403],
    ["an origin that begins like this machine's", { origin: "http://localhost.evil.example" }, 403],
    ["this machine's name in the path of an origin", { origin: "https://evil.example/localhost" }, 403],
    ["an opaque origin", { origin: "null" }, 403],
    ["localhost", { host: "localhost:8000" }, 201],
    ["127.0.0.2", { host: "127.0.0.2" }, 201],
    ["[::1]", { host: "[::1]:8000" }, 201],
    ["a page of this machine", { origin: "http://localhost:3000" }, 201],
  ])("a request that comes with %s: %j %i", async (_, headers, status) => {
    await using app = await startTestApp()

    const answer = await app.post("/api/holds/1/1", undefined, { headers })

    expect([answer.status, answer.body.code]).toEqual([status, status === 403 ? "forbidden" : undefined])
    expect(await productNow(app, 1)).toMatchObject({ reserved_stock: status === 403 ? 0 : 1 })
  })

  test("ignores tokens", async () => {
    await using app = await startTestApp()
    const { hold_id } = await hold(app, 1)

    for (const token of ["nonsense", "dbt1.9.9.9.x"]) {
      expect((await app.get(`/api/holds/${hold_id}`, { token })).status).toBe(200)
      expect((await app.post("/api/admin/products/1/resume", undefined, { token })).status).toBe(200)
    }
  })
})

describe("closed mode (A11)", () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startClosedApp()
  })
  afterAll(() => app[Symbol.asyncDispose]())

  test("a buyer places a hold without a token, and then needs the hold's token", async () => {
    const { id } = await offer(app, {}, ADMIN_TOKEN)
    const { hold_id, token } = await hold(app, id)
    const path = await app.post(`/api/holds/${id}/1`)

    expect((await app.get(`/api/holds/${hold_id}`, { token })).status).toBe(200)
    expect(await app.get(`/api/holds/${hold_id}`)).toBeProblem(404, "hold_not_found")
    const ordered = await order(app, hold_id, token)
    expect((await app.get(`/api/orders/${ordered.order_id}`, { token })).body).toEqual(ordered)
    expect(await app.get(`/api/orders/${ordered.order_id}`)).toBeProblem(404, "order_not_found")
    expect((await app.post(`/api/orders/${ordered.order_id}/cancel`, undefined, { token })).status).toBe(200)

    const own = { token: path.body.hold.token }
    expect((await app.post(`/api/orders/${path.body.hold.id}/${id}`, undefined, own)).status).toBe(201)
  })

  test("a token releases its own hold and no other", async () => {
    const [mine, yours] = [await hold(app, 1), await hold(app, 1)]

    const foreign = await app.send("DELETE", `/api/holds/${yours.hold_id}`, { token: mine.token })

    expect(foreign).toBeProblem(404, "hold_not_found")
    expect((await app.send("DELETE", `/api/holds/${mine.hold_id}`, { token: mine.token })).status).toBe(200)
    expect((await app.get(`/api/holds/${yours.hold_id}`, { token: yours.token })).body.status).toBe("active")
  })

  test("holds and orders of others are answered exactly like unknown ones", async () => {
    const { hold_id, token } = await hold(app, 1)
    const mine = await hold(app, 1)
    const { order_id } = await order(app, hold_id, token)
    const same = { headers: { "x-request-id": "same" }, token: mine.token }

    for (const [foreign, missing] of [
      [`/api/holds/${hold_id}`, "/api/holds/4000000"],
      [`/api/orders/${order_id}`, "/api/orders/4000000"],
    ] as const) {
      const [first, second] = [await app.get(foreign, same), await app.get(missing, same)]
      expect({ ...first.body, instance: "" }).toEqual({ ...second.body, instance: "" })
      expect(first.status).toBe(404)
    }
  })

  test("the admin token gives access to everything", async () => {
    const { id } = await offer(app, {}, ADMIN_TOKEN)
    const { hold_id } = await hold(app, id)
    const token = ADMIN_TOKEN

    expect((await app.get(`/api/holds/${hold_id}`, { token })).status).toBe(200)
    const { order_id } = await order(app, hold_id, token)
    expect((await app.get(`/api/orders/${order_id}`, { token })).status).toBe(200)
    expect((await app.post(`/api/orders/${order_id}/cancel`, undefined, { token })).status).toBe(200)
    expect((await app.post(`/api/admin/products/${id}/pause`, undefined, { token })).status).toBe(200)
  })

  test("admin routes answer 401 without a token and 403 to an owner", async () => {
    const { token } = await hold(app, 1)
    const path = "/api/admin/products/1/pause"

    const nobody = await app.post(path)
    expect(nobody).toBeProblem(401, "unauthorized")
    expect(nobody.headers["www-authenticate"]).toBe("Bearer")
    expect(await app.post(path, undefined, { token: "wrong" })).toBeProblem(401, "unauthorized")
    expect(await app.post(path, undefined, { token })).toBeProblem(403, "forbidden")
    expect(await productNow(app, 1)).toMatchObject({ sale_state: "open" })
  })

  test("an unsigned webhook answers 401, even with the admin token; a signed one needs no token", async () => {
    const { hold_id, token } = await hold(app, 1)
    const { order_id } = await order(app, hold_id, token)
    const raw = JSON.stringify({ order_id, status: "success" })
    const path = "/api/payments/webhook"

    expect(await app.post(path, undefined, { raw })).toBeProblem(401, "invalid_signature")
    expect(await app.post(path, undefined, { raw, token: ADMIN_TOKEN })).toBeProblem(401, "invalid_signature")
    expect((await app.post(path, undefined, { raw, headers: signature(raw) })).body.outcome).toBe("paid")
  })

  test("products, health, metrics and documents need no token", async () => {
    const paths = [
      "/api/products",
      "/api/products/1",
      "/health",
      "/livez",
      "/readyz",
      "/metrics",
      "/openapi.json",
    ]
    const statuses = await Promise.all(paths.map(async (path) => (await app.get(path)).status))

    expect(statuses).toEqual(paths.map(() => 200))
  })

  test("a token is valid at every server of the installation, and at none with another secret", async () => {
    await using database = await createTestDatabase()
    await using first = await startClosedApp({ databaseUrl: database.url })
    await using second = await startClosedApp({ databaseUrl: database.url })
    const config = { tokenSecret: "another secret of this server" }
    await using third = await startClosedApp({ databaseUrl: database.url, config })
    const { hold_id, token } = await hold(first, 1)

    expect((await second.get(`/api/holds/${hold_id}`, { token })).status).toBe(200)
    expect(await third.get(`/api/holds/${hold_id}`, { token })).toBeProblem(404, "hold_not_found")
  })

  test("no secret is logged", async () => {
    const { token } = await hold(app, 1)
    await app.post("/api/admin/products/1/pause", undefined, { token })
    await app.post("/api/admin/products/1/resume", undefined, { token: ADMIN_TOKEN })

    const logged = JSON.stringify(app.log)
    for (const secret of [ADMIN_TOKEN, WEBHOOK_SECRET, WEBHOOK_SECRET.slice(6), token]) {
      expect(logged).not.toContain(secret)
    }
  })

  test("after all these tests every unit is accounted for", async () => {
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })
})

describe("the rate limit", () => {
  test("answers 429 with Retry-After beyond the limit of each route, and never to the shop", async () => {
    await using app = await startClosedApp({ config: { rateLimitPerMinute: 3 } })
    const wish = { product_id: 1, qty: 1 }
    const answers = []
    for (let count = 0; count < 5; count += 1) answers.push(await app.post("/api/holds", wish))

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 429, 429])
    const refused = answers[4]
    expect(refused).toBeProblem(429, "rate_limited")
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(0)
    expect(Number(refused?.headers["retry-after"])).toBeLessThanOrEqual(60)
    expect((await app.post("/api/holds", wish, { token: ADMIN_TOKEN })).status).toBe(201)
    expect((await app.get("/api/products/1")).status).toBe(200)
    expect(await productNow(app, 1)).toMatchObject({ reserved_stock: 4 })
  })

  test("refusals on one connection leave no listeners behind", async () => {
    await using app = await startClosedApp({ config: { rateLimitPerMinute: 1 } })
    const client = createClient(app.url, 1)
    const warnings: string[] = []
    const note = ({ name }: Error) => void warnings.push(name)
    process.on("warning", note)
    try {
      for (let count = 0; count < 30; count += 1) await client.post("/api/holds", { product_id: 1, qty: 1 })
      await new Promise(setImmediate)
    } finally {
      process.off("warning", note)
      client.close()
    }
    expect(warnings).toEqual([])
  })

  test("ignores addresses that a client forges", async () => {
    await using app = await startClosedApp({ config: { rateLimitPerMinute: 1 } })
    const wish = { product_id: 1, qty: 1 }
    const as = (address: string) => ({ headers: { "x-forwarded-for": address } })
    await app.post("/api/holds", wish, as("10.0.0.1"))

    expect(await app.post("/api/holds", wish, as("10.0.0.2"))).toBeProblem(429, "rate_limited")
  })

  test("counts by the client's address behind a trusted proxy", async () => {
    await using app = await startClosedApp({ config: { rateLimitPerMinute: 1, trustProxy: "127.0.0.1" } })
    const wish = { product_id: 1, qty: 1 }
    const as = (address: string) => ({ headers: { "x-forwarded-for": address } })
    await app.post("/api/holds", wish, as("10.0.0.1"))

    expect((await app.post("/api/holds", wish, as("10.0.0.2"))).status).toBe(201)
    expect((await app.post("/api/holds", wish, as("10.0.0.1"))).status).toBe(429)
  })

  test.each([
    ["in open mode", { rateLimitPerMinute: 1 }],
    ["when it is 0", { ...closed, rateLimitPerMinute: 0 }],
  ])("is off %s", async (_, config) => {
    await using app = await startTestApp({ config })
    const statuses = []
    for (let count = 0; count < 5; count += 1) statuses.push((await app.post("/api/holds/1/1")).status)

    expect(statuses).toEqual([201, 201, 201, 201, 201])
  })
})

describe("pages of other origins", () => {
  const SHOP = "https://shop.example"
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ config: { corsOrigins: [SHOP] } })
  })
  afterAll(() => app[Symbol.asyncDispose]())

  test("may read answers if CORS_ORIGINS contains them", async () => {
    const { headers } = await app.get("/api/products/1", { headers: { origin: SHOP } })

    expect(headers["access-control-allow-origin"]).toBe(SHOP)
    expect(headers["vary"]).toMatch(/origin/i)
    const exposed = String(headers["access-control-expose-headers"]).split(/, */)
    expect(exposed).toEqual(
      expect.arrayContaining(["etag", "idempotent-replayed", "location", "retry-after", "x-request-id"]),
    )
  })

  test.each(["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"])(
    "may not read answers otherwise: %s",
    async (origin) => {
      const { headers } = await app.get("/api/products/1", { headers: { origin } })

      expect(headers["access-control-allow-origin"]).toBeUndefined()
    },
  )

  test.each([
    ["POST", "/api/holds"],
    ["DELETE", "/api/holds/1"],
    ["PATCH", "/api/admin/products/1"],
    ["PUT", "/api/orders/1/details"],
  ])("may send %s %s", async (method, path) => {
    const headers = {
      origin: SHOP,
      "access-control-request-method": method,
      "access-control-request-headers": "authorization,content-type,idempotency-key",
    }

    const answer = await app.send("OPTIONS", path, { headers })

    expect(answer.status).toBe(204)
    expect(answer.headers["access-control-allow-origin"]).toBe(SHOP)
    expect(String(answer.headers["access-control-allow-methods"]).split(/, */)).toContain(method)
    expect(answer.headers["access-control-allow-headers"]).toMatch(/authorization.*idempotency-key/)
  })

  test("get no CORS headers for an OPTIONS without a requested method", async () => {
    const answer = await app.send("OPTIONS", "/api/holds")

    expect(answer).toMatchObject({ status: 204, body: "" })
  })

  test("are refused unless CORS_ORIGINS contains them", async () => {
    await using plain = await startTestApp()
    const { headers } = await plain.get("/api/products/1", { headers: { origin: SHOP } })

    expect(headers["access-control-allow-origin"]).toBeUndefined()
  })
})
