import { get } from "node:http"
import { once } from "node:events"
import type { IncomingMessage } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { freePort } from "../support/free-port.ts"
import { checkOutLastVersion, findLastVersion } from "../support/last-version.ts"
import { leavesOutNginx, startNginx, type Nginx } from "../support/nginx.ts"
import { newProduct } from "../support/products.ts"
import { runSql } from "../support/rows.ts"
import { startServerProcess } from "../support/server-process.ts"
import { ADMIN_TOKEN, closed, startClosedApp } from "../support/shop.ts"

const isSkipped = leavesOutNginx()
const { isSkipped: hasNoLastVersion } = await findLastVersion()
/** One address that sells as many units as it likes. */
const NO_LIMITS = { maxPerHold: null, unpaid: Infinity, lapsed: Infinity }

/** A closed server behind nginx; the second address has no server. */
async function startBehindNginx(config: object = {}, ownAddress?: string) {
  await using starting = new AsyncDisposableStack()
  const app = starting.use(await startClosedApp({ config: { trustProxy: "127.0.0.1", ...config } }))
  const nginx = starting.use(await startNginx([Number(new URL(app.url).port), await freePort()], ownAddress))
  const product = await newProduct(app.app.engine, { stock: 1_000 })
  const stack = starting.move()
  return { app, nginx, product, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const hold = (nginx: Nginx, product: number, from: string, headers: Record<string, string> = {}) =>
  nginx.ask("/api/holds", { method: "POST", json: { product_id: product, qty: 1 }, from, headers })

/** The number of requests for single products that reached the server. */
async function productReads(app: TestApp): Promise<number> {
  const text = String((await app.get("/metrics", { token: ADMIN_TOKEN })).body)
  const counts = text.matchAll(
    /^http_request_duration_seconds_count\{[^}]*route="\/api\/products\/:id"[^}]*\} (\d+)/gm,
  )
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

/** The problem that a server itself answers to the second request of an address in a minute. */
async function serversOwnRefusal() {
  await using app = await startClosedApp({ config: { rateLimitPerMinute: 1 } })
  await app.post("/api/holds", { product_id: 1, qty: 1 })
  return (await app.post("/api/holds", { product_id: 1, qty: 1 })).body
}

describe.skipIf(isSkipped)("deploy/proxy/nginx.conf", () => {
  test("sells a unit over TLS, and sends plain HTTP there", async () => {
    await using shop = await startBehindNginx()
    const page = await shop.nginx.ask(`/p/${shop.product}`)
    expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"])
    expect((await hold(shop.nginx, shop.product, "127.0.0.2")).status).toBe(201)
    const [plain] = (await once(get(`http://127.0.0.1:${shop.nginx.plainPort}/x?y=1`), "response")) as [
      IncomingMessage,
    ]
    plain.resume()
    expect([plain.statusCode, plain.headers.location]).toEqual([301, "https://127.0.0.1/x?y=1"])
  })

  test("keeps each buyer's address apart, whatever address a client claims", async () => {
    await using shop = await startBehindNginx({ holdBounds: { ...NO_LIMITS, unpaid: 2 } })
    const from = (address: string, claimed?: string) =>
      hold(shop.nginx, shop.product, address, claimed ? { "x-forwarded-for": claimed } : {})
    const statuses: number[] = []
    for (const claimed of [undefined, "198.51.100.1", "198.51.100.2"]) {
      statuses.push((await from("127.0.0.2", claimed)).status)
    }
    expect(statuses).toEqual([201, 201, 409])
    expect((await from("127.0.0.3")).status).toBe(201)
  })

  test("closes off what tells how a sale goes", async () => {
    await using shop = await startBehindNginx()
    for (const path of ["/metrics", "/health"]) expect((await shop.nginx.ask(path)).status).toBe(404)
    expect((await shop.nginx.ask("/readyz")).status).toBe(200)
  })

  test("asks the server once a second for a product", async () => {
    await using shop = await startBehindNginx()
    const path = `/api/products/${shop.product}`
    const before = await productReads(shop.app)
    const answers = await Promise.all(Array.from({ length: 300 }, () => shop.nginx.ask(path)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const reads = (await productReads(shop.app)) - before
    expect(reads).toBeGreaterThanOrEqual(1)
    expect(reads).toBeLessThan(10)
  })

  test("answers the admin token with the units that the public is not told, and does not cache that answer for the public", async () => {
    await using shop = await startBehindNginx()
    const path = `/api/products/${shop.product}`
    const change = { stock_display: "none" }
    await shop.app.send("PATCH", `/api/admin/products/${shop.product}`, { json: change, token: ADMIN_TOKEN })
    const units = async (headers: Record<string, string> = {}) =>
      JSON.parse((await shop.nginx.ask(path, { headers })).text).available_stock
    const told: unknown[] = []
    for (let time = 0; time < 3; time += 1) {
      told.push(await units(), await units({ authorization: `Bearer ${ADMIN_TOKEN}` }))
    }
    expect(told).toEqual([undefined, 1_000, undefined, 1_000, undefined, 1_000])
  })

  test("passes on an event of a stream at once", async () => {
    await using shop = await startBehindNginx()
    const seen = shop.nginx.ask(`/api/stream?product_id=${shop.product}`, {
      isEnough: (text) => text.includes('"available_stock":999'),
    })
    await sleep(500)
    const soldAt = performance.now()
    await hold(shop.nginx, shop.product, "127.0.0.2")
    expect((await seen).headers["content-type"]).toContain("text/event-stream")
    expect(performance.now() - soldAt).toBeLessThan(2_000)
  })

  test("answers a flood from one address with 429 as the server does, and lets others in", async () => {
    await using shop = await startBehindNginx({ holdBounds: NO_LIMITS })
    const flood = await Promise.all(
      Array.from({ length: 300 }, () => hold(shop.nginx, shop.product, "127.0.0.2")),
    )
    const refused = flood.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(50)
    expect(flood.length - refused.length).toBeGreaterThanOrEqual(100)
    const [first] = refused
    expect(first?.headers["retry-after"]).toBe("1")
    expect(first?.headers["content-type"]).toBe("application/problem+json")
    const { type, title, status, code } = await serversOwnRefusal()
    expect(JSON.parse(first?.text ?? "")).toMatchObject({ type, title, status, code })
    expect((await hold(shop.nginx, shop.product, "127.0.0.3")).status).toBe(201)
    expect((await shop.nginx.ask("/", { from: "127.0.0.2" })).status).toBe(200)
  })

  test("does not count addresses that are named as the shop's own", async () => {
    await using shop = await startBehindNginx({ holdBounds: NO_LIMITS }, "127.0.0.9")
    const holds = Array.from({ length: 300 }, () => hold(shop.nginx, shop.product, "127.0.0.9"))
    expect(new Set((await Promise.all(holds)).map(({ status }) => status))).toEqual(new Set([201]))
  })
})

test.skipIf(isSkipped || hasNoLastVersion)(
  "two servers of the last version are replaced during a sale, and no buyer notices",
  { timeout: 120_000 },
  async () => {
    await using database = await createTestDatabase()
    await runSql(database.url, "drop schema public cascade", "create schema public")
    await using last = await checkOutLastVersion()
    const ports = [await freePort(), await freePort()] as const
    const environment = (index: 0 | 1) => ({
      DATABASE_URL: database.url,
      PORT: String(ports[index]),
      ADMIN_TOKEN,
      PAYMENT_WEBHOOK_SECRET: `whsec_${closed.paymentWebhookSecret.toString("base64")}`,
      TRUST_PROXY: "127.0.0.1",
      UNPAID_UNITS_PER_ADDRESS: "1000000",
    })
    await using first = await startServerProcess(environment(0), ["serve"], last.launcher)
    await using second = await startServerProcess(environment(1), ["serve"], last.launcher)
    await using nginx = await startNginx(ports)
    const lamp = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 1_000_000 }
    const { body: product } = await first.post("/api/admin/products", lamp, { token: ADMIN_TOKEN })

    const statuses: number[] = []
    let isOver = false
    // One address would be counted as one buyer.
    const buyers = Array.from({ length: 16 }, async (_, buyer) => {
      while (!isOver) {
        statuses.push((await hold(nginx, product.id, `127.0.0.${buyer + 2}`)).status)
        await sleep(100)
      }
    })

    await nginx.use([false, true])
    expect(await first.end("SIGTERM")).toBe(0)
    await using newFirst = await startServerProcess(environment(0))
    await nginx.use([true, false])
    expect(await second.end("SIGTERM")).toBe(0)
    await using newSecond = await startServerProcess(environment(1))
    await nginx.use([true, true])
    const soFar = statuses.length
    await expect.poll(() => statuses.length - soFar, { timeout: 20_000 }).toBeGreaterThan(100)
    isOver = true
    await Promise.all(buyers)

    expect(new Set(statuses)).toEqual(new Set([201]))
    // A route that the last version has not.
    const versions = await Promise.all([newFirst, newSecond].map((server) => server.get("/api/addresses")))
    expect(versions.map(({ status }) => status)).toEqual([200, 200])
    expect(await differencesIn(database.url)).toEqual([])
  },
)
