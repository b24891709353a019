import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Live } from "../../client/src/admin.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn, type TestDatabase } from "../support/database.ts"
import type { TestAnswer } from "../support/http.ts"
import { offer, closed, ADMIN_TOKEN } from "../support/shop.ts"
import { hasRedis, startRedis, type TestRedis } from "../support/redis.ts"

if (!hasRedis) console.log("Skipped limits/redis: redis-server is missing.")

const mail = {
  server: { host: "127.0.0.1", port: 9, tls: "off", login: null },
  from: { name: "", address: "orders@shop.example" },
} as const

/** Servers of one installation, each counting in the same Redis. */
interface Servers extends AsyncDisposable {
  readonly apps: readonly [TestApp, TestApp]
  readonly database: TestDatabase
}

async function twoServers(redis: TestRedis, rateLimitPerMinute = 20): Promise<Servers> {
  const database = await createTestDatabase()
  const config = {
    ...closed,
    mail,
    publicUrl: "https://shop.example",
    trustProxy: "127.0.0.1",
    holdBounds: null,
    rateLimitPerMinute,
    redis: {
      host: "127.0.0.1",
      port: redis.port,
      tls: false,
      login: null,
      database: 0,
      prefix: "doorbuster",
    },
  }
  const start = () => startTestApp({ config, databaseUrl: database.url })
  const apps = [await start(), await start()] as const
  return {
    apps,
    database,
    async [Symbol.asyncDispose]() {
      await Promise.all(apps.map((app) => app[Symbol.asyncDispose]()))
      await database[Symbol.asyncDispose]()
    },
  }
}

/** A busy machine takes its time; how long requests wait is measured apart. */
const within = { timeout: 15_000 }
const from = (address: string) => ({ headers: { "x-forwarded-for": address } })
const find = (app: TestApp, address: string) =>
  app.post("/api/orders/find", { email: "ada@example.com" }, from(address))
const hold = (app: TestApp, address: string, productId = 1) =>
  app.post("/api/holds", { product_id: productId, qty: 1 }, from(address))

interface Failing {
  readonly begin: (redis: TestRedis) => unknown
  readonly end: (redis: TestRedis) => unknown
}

/**
 * `silent`: by SIGSTOP, so that nothing is answered. `paused`: by CLIENT PAUSE, so that connections, logins and PING are
 * answered at once, and what would write is not.
 */
const failing: Readonly<Record<"stopped" | "silent" | "paused", Failing>> = {
  stopped: { begin: (redis) => redis.stop(), end: (redis) => redis.start() },
  silent: { begin: (redis) => redis.pause(), end: (redis) => redis.resume() },
  paused: {
    begin: (redis) => redis.ask("CLIENT", "PAUSE", "600000", "WRITE"),
    end: (redis) => redis.ask("CLIENT", "UNPAUSE"),
  },
}

/** The lines about Redis, in order. */
const linesOf = (app: TestApp) =>
  app.log.flatMap(({ metric }) => (metric === "redis.away" || metric === "redis.back" ? [metric] : []))

/** The milliseconds until each of `count` requests, one after the other, is answered. */
async function timesOf(count: number, ask: () => Promise<TestAnswer>): Promise<number[]> {
  const times: number[] = []
  for (let done = 0; done < count; done += 1) {
    const startedAt = performance.now()
    const { status } = await ask()
    expect(status).toBeLessThan(500)
    times.push(performance.now() - startedAt)
  }
  return times
}

describe.skipIf(!hasRedis)("two servers with one Redis", () => {
  let redis: TestRedis
  beforeAll(async () => void (redis = await startRedis()))
  afterAll(() => redis[Symbol.asyncDispose]())

  test("count requests for order links together, exactly", async () => {
    await using servers = await twoServers(redis, 600)
    const asked = servers.apps.flatMap((app) => Array.from({ length: 15 }, () => find(app, "10.0.0.1")))
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 202)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
    const refused = await find(servers.apps[0], "10.0.0.1")
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(3_500)
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(3_600)
    expect((await find(servers.apps[1], "10.0.0.2")).status).toBe(202)
  })

  test("count holds of an address together, within a twentieth for each, and each route apart", async () => {
    await using servers = await twoServers(redis)
    const { apps } = servers
    const statuses: number[] = []
    for (let request = 0; request < 40; request += 1) {
      const answer = await hold(apps[request % 2] ?? apps[0], "10.0.1.1")
      statuses.push(answer.status)
    }
    const granted = statuses.filter((status) => status === 201)
    expect(granted.length).toBeGreaterThanOrEqual(20)
    expect(granted.length).toBeLessThanOrEqual(22)
    const other = await apps[0].post("/api/holds/1/1", undefined, from("10.0.1.1"))
    expect([other.status, other.headers["x-ratelimit-remaining"]]).toEqual([201, "19"])
    expect((await hold(apps[0], "10.0.1.2")).status).toBe(201)
    expect(await differencesIn(servers.database.url)).toEqual([])
  })

  test("count wrong admin tokens together, and not those that are right", async () => {
    await using servers = await twoServers(redis)
    const signIn = (app: TestApp, token: string) => app.post("/admin/session", { token }, from("10.0.2.1"))
    for (const app of [...servers.apps, ...servers.apps, ...servers.apps, ...servers.apps]) {
      expect((await signIn(app, ADMIN_TOKEN)).status).toBe(200)
    }
    const guesses = servers.apps.flatMap((app) => Array.from({ length: 50 }, () => signIn(app, "a guess")))
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect((await signIn(servers.apps[1], ADMIN_TOKEN)).status).toBe(429)
  })

  test("write keys with their prefix and an end, and neither an address nor a mailbox", async () => {
    await using servers = await twoServers(redis, 600)
    await redis.ask("FLUSHALL")
    await find(servers.apps[0], "10.0.3.1")
    await expect.poll(async () => ((await redis.ask("KEYS", "*")) as string[]).length).toBe(2)
    for (const key of (await redis.ask("KEYS", "*")) as string[]) {
      expect(key).toMatch(/^doorbuster:[\w-]{22}$/)
      expect(Number(await redis.ask("TTL", key))).toBeGreaterThan(3_500)
      expect(Number(await redis.ask("TTL", key))).toBeLessThanOrEqual(3_600)
    }
  })

  test("installations with secrets of their own count apart in one Redis", async () => {
    await using one = await twoServers(redis)
    await using other = await twoServers(redis)
    for (let request = 0; request < 10; request += 1) await find(one.apps[0], "10.0.4.1")
    expect((await find(one.apps[1], "10.0.4.1")).status).toBe(429)
    expect((await find(other.apps[0], "10.0.4.1")).status).toBe(202)
  })
})

describe.skipIf(!hasRedis)("a Redis that fails under load", () => {
  test.each(["stopped", "silent", "paused"] as const)(
    "%s: no request fails or waits long, each server keeps the limits alone, and they are shared when it is back",
    async (how) => {
      await using redis = await startRedis()
      await using servers = await twoServers(redis)
      const [app, other] = servers.apps
      const { id } = await offer(app, { stock: 1_000_000 }, ADMIN_TOKEN)
      await using crowd = startCrowd(servers.apps, id)
      try {
        await expect.poll(() => crowd.answers(), within).toBeGreaterThan(100)
        await failing[how].begin(redis)

        // The crowd does not reach Redis with each request; these do.
        const times = await timesOf(60, () => find(app, "10.0.0.1"))
        await timesOf(5, () => find(other, "10.0.0.1"))
        await expect
          .poll(() => [linesOf(app), linesOf(other)])
          .toEqual([
            ["redis.back", "redis.away"],
            ["redis.back", "redis.away"],
          ])
        // One wait of 100 ms, and no other: 60 of them would be six seconds.
        expect(times.reduce((sum, time) => sum + time, 0)).toBeLessThan(4_000)
        expect((await find(app, "10.0.0.1")).status).toBe(429)
        expect((await find(other, "10.0.0.1")).status).toBe(202)
        const seen = crowd.answers()
        await expect.poll(() => crowd.answers(), within).toBeGreaterThan(seen + 100)
      } finally {
        await failing[how].end(redis)
      }
      const bothBack = ["redis.back", "redis.away", "redis.back"]
      await expect.poll(() => [linesOf(app), linesOf(other)], within).toEqual([bothBack, bothBack])
      for (let request = 0; request < 5; request += 1) {
        expect((await find(app, "10.0.0.2")).status).toBe(202)
        expect((await find(other, "10.0.0.2")).status).toBe(202)
      }
      expect((await find(other, "10.0.0.2")).status).toBe(429)

      const { statuses, longestMs } = await crowd.end()
      expect([...statuses].filter((status) => ![201, 429].includes(status))).toEqual([])
      expect(longestMs).toBeLessThan(2_000)
      expect(await differencesIn(servers.database.url)).toEqual([])
    },
  )

  test("that is away at the start stops no server, and one that comes later is used", async () => {
    await using redis = await startRedis()
    await redis.stop()
    await using servers = await twoServers(redis)
    const [app, other] = servers.apps
    expect([linesOf(app), linesOf(other)]).toEqual([["redis.away"], ["redis.away"]])
    expect(app.log.find(({ metric }) => metric === "redis.away")).toMatchObject({
      redis: `127.0.0.1:${redis.port}`,
      reason: expect.stringContaining("ECONNREFUSED"),
    })
    expect(await metricsOf(app)).toContain("doorbuster_redis_up 0")
    expect(await lampOf(app)).toMatchObject({ state: "away", slowest_count_ms: 0 })
    const awaySince = (await lampOf(app))?.since
    for (let request = 0; request < 10; request += 1) expect((await find(app, "10.0.0.1")).status).toBe(202)
    expect((await find(app, "10.0.0.1")).status).toBe(429)
    await redis.start()
    await expect.poll(() => linesOf(app), within).toEqual(["redis.away", "redis.back"])
    expect(await metricsOf(app)).toContain("doorbuster_redis_up 1")
    await expect.poll(async () => (await lampOf(app))?.state).toMatch(/^(connected|slow)$/)
    const backSince = (await lampOf(app))?.since
    expect(Date.parse(backSince ?? "")).toBeGreaterThan(Date.parse(awaySince ?? ""))
    expect(await metricsOf(app)).toContain('doorbuster_redis_counts_total{result="alone"}')
    await expect.poll(() => linesOf(other), within).toEqual(["redis.away", "redis.back"])
  })

  test("that takes connections and no counts is not taken to be back", async () => {
    await using redis = await startRedis()
    await using servers = await twoServers(redis)
    const [app] = servers.apps
    // It answers what changes nothing, and refuses the rest, as a primary that has lost its replicas does.
    await redis.ask("CONFIG", "SET", "min-replicas-to-write", "1")
    expect((await find(app, "10.0.0.1")).status).toBe(202)
    await expect.poll(() => linesOf(app)).toEqual(["redis.back", "redis.away"])
    // Longer than the pause before the second attempt, which is twice a second.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(linesOf(app)).toEqual(["redis.back", "redis.away"])
    await redis.ask("CONFIG", "SET", "min-replicas-to-write", "0")
    await expect.poll(() => linesOf(app), within).toEqual(["redis.back", "redis.away", "redis.back"])
  })

  test("a wrong password stops no server, and is named without the password", async () => {
    await using redis = await startRedis({ requirepass: "right-password" })
    const server = { host: "127.0.0.1", port: redis.port, tls: false, database: 0, prefix: "doorbuster" }
    const login = { user: null, password: "hunter2" }
    await using app = await startTestApp({ config: { ...closed, redis: { ...server, login } } })
    expect(app.log.find(({ metric }) => metric === "redis.away")?.["reason"]).toMatch(/^WRONGPASS/)
    expect(JSON.stringify(app.log)).not.toContain("hunter2")
    expect((await app.get("/readyz")).status).toBe(200)
  })

  test("a server stops in order while Redis does not answer", async () => {
    await using redis = await startRedis()
    await using servers = await twoServers(redis)
    redis.pause()
    expect((await find(servers.apps[0], "10.0.0.1")).status).toBe(202)
    expect(await servers.apps[0].app.stop({ quietMs: 0 })).toEqual([])
    redis.resume()
  })
})

/** What the live screen of a sale is told of Redis. */
async function lampOf(app: TestApp): Promise<Live["redis"]> {
  return (await app.get("/api/admin/live?product_id=1", { token: ADMIN_TOKEN })).body.redis
}

async function metricsOf(app: TestApp): Promise<string> {
  return app.app.engine.events.registry.metrics()
}

/** Buyers who hold at both servers without a pause: half of them of one address, the others of many. */
function startCrowd(apps: readonly TestApp[], productId: number) {
  const statuses = new Set<number>()
  let [answers, longestMs, isOver] = [0, 0, false]
  async function buyer(number: number): Promise<void> {
    for (let request = 0; !isOver; request += 1) {
      const app = apps[request % apps.length]
      if (app === undefined) return
      const address = number % 2 === 0 ? "10.9.0.1" : `10.${number}.${request >> 8}.${request % 256}`
      const startedAt = performance.now()
      const { status } = await hold(app, address, productId)
      longestMs = Math.max(longestMs, performance.now() - startedAt)
      statuses.add(status)
      answers += 1
    }
  }
  const buyers = Promise.all(Array.from({ length: 8 }, (_, number) => buyer(number)))
  async function end() {
    isOver = true
    await buyers
    return { statuses, longestMs }
  }
  return { answers: () => answers, end, [Symbol.asyncDispose]: async () => void (await end()) }
}
