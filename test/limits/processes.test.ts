import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { readConfig } from "../../src/config/read-config.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { createClient } from "../support/http.ts"
import { holdsByProcess, startServerProcesses } from "../support/processes.ts"
import { hasRedis, startRedis } from "../support/redis.ts"
import { startTestApp } from "../support/app.ts"
import { ADMIN_TOKEN, WEBHOOK_SECRET } from "../support/shop.ts"

if (!hasRedis) console.log("Skipped a part of limits/processes: redis-server is missing.")

const closed = {
  ADMIN_TOKEN,
  PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET,
  UNPAID_UNITS_PER_ADDRESS: "0",
  RATE_LIMIT_PER_MINUTE: "40",
}

/** The statuses of holds from one address over as many connections as requests, so that all processes get some. */
async function holds(urls: readonly string[], productId: number, count: number): Promise<number[]> {
  const statuses: number[] = []
  for (let request = 0; request < count; request += 1) {
    const client = createClient(urls[request % urls.length] ?? "", 1)
    const { status } = await client.post("/api/holds", { product_id: productId, qty: 1 })
    client.close()
    statuses.push(status)
  }
  return statuses
}

test("the processes of a port count an address together, also where it comes by one connection", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { ...closed, DATABASE_URL: database.url })
  const productId = await offered(server.url)

  const client = createClient(server.url, 1)
  const one = []
  for (let request = 0; request < 36; request += 1) {
    one.push((await client.post(`/api/holds/${productId}/1`)).status)
  }
  client.close()
  // With half of the limit for each process it would have ended at 20.
  expect(new Set(one)).toEqual(new Set([201]))

  const statuses = await holds([server.url], productId, 60)
  const granted = statuses.filter((status) => status === 201).length
  expect(granted).toBeGreaterThanOrEqual(40)
  expect(granted).toBeLessThanOrEqual(44)
  expect(Object.keys(holdsByProcess(server))).toEqual(["1", "2"])

  const guesses = Array.from({ length: 40 }, async () => {
    const client = createClient(server.url, 1)
    const { status } = await client.post("/admin/session", { token: "a guess" })
    client.close()
    return status
  })
  expect((await Promise.all(guesses)).filter((status) => status === 401)).toHaveLength(5)
  expect(await metricsOf(server.url)).not.toContain("doorbuster_redis")
  expect(await differencesIn(database.url)).toEqual([])
  expect(await server.end("SIGTERM")).toBe(0)
})

test.skipIf(!hasRedis)(
  "a server of two processes and a server of one count in Redis together, and say once how it does",
  async () => {
    await using redis = await startRedis({ requirepass: "the-redis-password" })
    await using database = await createTestDatabase()
    const REDIS_URL = redis.url.replace("//", "//:the-redis-password@")
    const environment = { ...closed, DATABASE_URL: database.url, REDIS_URL, PORT: "0" }
    await using two = await startServerProcesses(2, environment)
    await using one = await startTestApp({
      config: readConfig({ directory, environment }),
      databaseUrl: database.url,
    })
    const productId = await offered(one.url)

    const statuses = await holds([two.url, one.url], productId, 100)
    const granted = statuses.filter((status) => status === 201).length
    expect(granted).toBeGreaterThanOrEqual(40)
    expect(granted).toBeLessThanOrEqual(46)
    expect(await metricsOf(two.url)).toContain("doorbuster_redis_up 1")

    await redis.stop()
    await expect.poll(() => lines(two.output(), "redis.away"), within).toBe(1)
    await expect.poll(() => lines(JSON.stringify(one.log), "redis.away"), within).toBe(1)
    expect(new Set(await holds([two.url, one.url], productId, 20))).toEqual(new Set([429]))
    expect(await metricsOf(two.url)).toContain("doorbuster_redis_up 0")
    await redis.start()
    await expect.poll(() => lines(two.output(), "redis.back"), within).toBe(2)
    await expect.poll(() => lines(JSON.stringify(one.log), "redis.back"), within).toBe(2)

    expect(await two.end("SIGTERM")).toBe(0)
    expect(two.output() + JSON.stringify(one.log)).not.toContain("the-redis-password")
  },
)

const within = { timeout: 15_000 }
const directory = "/nonexistent"
const lines = (log: string, metric: string) => log.split(`"metric":"${metric}"`).length - 1

test("without REDIS_URL neither library of Redis is loaded", async () => {
  const program = `
    import { createRequire } from "node:module"
    const rooms = ["app", "limits-way", "cli/program", "cli/serve-many", "cli/doctor"]
    await Promise.all(rooms.map((name) => import(process.argv[1] + "/" + name + ".ts")))
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    const ofRedis = loaded.filter((path) => /node_modules.(ioredis|rate-limiter-flexible)/.test(path))
    console.log(JSON.stringify({ isLoaded: loaded.length > 50, ofRedis }))`
  const args = ["--input-type=module", "-e", program, fileURLToPath(new URL("../../src", import.meta.url))]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  expect(JSON.parse(stdout)).toEqual({ isLoaded: true, ofRedis: [] })
})

/** Makes a product of which there is enough; returns its id. */
async function offered(url: string): Promise<number> {
  const client = createClient(url)
  const settings = { name: "Test", price_minor: 1, currency: "EUR", stock: 10_000 }
  const { status, body } = await client.post("/api/admin/products", settings, { token: ADMIN_TOKEN })
  client.close()
  expect(status).toBe(201)
  return body.id
}

async function metricsOf(url: string): Promise<string> {
  const client = createClient(url)
  const { body } = await client.get("/metrics")
  client.close()
  return String(body)
}
