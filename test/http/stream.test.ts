import { connect } from "node:net"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase } from "../support/database.ts"
import { startOutage } from "../support/outage.ts"
import { complaintsAbout } from "../support/problem.ts"
import { ADMIN_TOKEN, hold, offer, productNow, startClosedApp } from "../support/shop.ts"
import { openStream, type StreamEvent } from "../support/stream.ts"

const IN_A_SECOND = () => new Date(Date.now() + 1_000).toISOString()

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

/** Long time-outs, because other tests may keep the machine busy. */
const SOON = { timeout: 10_000 }

const held = (units: number) => (event: StreamEvent) => event.data.reserved_stock === units

describe("a stream begins", () => {
  test("with the reconnection time, and the product exactly as GET returns it", async () => {
    const { id } = await offer(app, { description: "Two\nlines and \u2028 more" })

    using stream = await openStream(app.url, id)

    const snapshot = await stream.seen(() => true)
    expect(stream.status).toBe(200)
    expect(snapshot.event).toBe("product")
    expect(snapshot.id).toBe(`${id}-1-open`)
    const { server_time: _, ...shown } = await productNow(app, id)
    expect(Object.entries(snapshot.data)).toEqual([
      ...Object.entries(shown),
      ["server_time", expect.any(String)],
    ])
    expect(Math.abs(Date.parse(snapshot.data.server_time) - Date.now())).toBeLessThan(5_000)
    expect(stream.retryMs).toBeGreaterThanOrEqual(1_000)
    expect(stream.retryMs).toBeLessThanOrEqual(5_000)
    expect(stream.events).toHaveLength(1)
  })

  test("with headers that prevent caching, buffering and a wrong content type", async () => {
    using stream = await openStream(app.url, 1, { "x-request-id": "mine" })

    expect(stream.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "x-request-id": "mine",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
    })
  })

  test("for pages of CORS_ORIGINS, in closed mode too, and without a token", async () => {
    const origin = "https://shop.example"
    await using closed = await startClosedApp({ config: { corsOrigins: [origin] } })

    using stream = await openStream(closed.url, 1, { origin })

    await stream.seen(() => true)
    expect(stream.headers["access-control-allow-origin"]).toBe(origin)
  })

  test("with each requested product once", async () => {
    const [one, other] = [await offer(app), await offer(app)]

    using stream = await openStream(app.url, `${other.id},${one.id},${other.id}`)

    await stream.seen(({ data }) => data.id === one.id)
    expect(stream.events.map(({ data }) => data.id)).toEqual([other.id, one.id])
  })

  test("without chunks for HTTP/1.0", async () => {
    const { hostname, port } = new URL(app.url)
    const socket = connect(Number(port), hostname)
    socket.write("GET /api/stream?product_id=1 HTTP/1.0\r\nHost: localhost\r\n\r\n")
    let received = ""
    socket.on("data", (data) => (received += String(data)))
    await expect.poll(() => received, SOON).toContain("\n\nevent: product\n")
    socket.destroy()

    expect(received).not.toMatch(/transfer-encoding/i)
    expect(received).toMatch(/\r\n\r\nretry: \d+\n\nevent: product\nid: /)
  })

  test.each(["HEAD"])("and answers %s with its head only", async (method) => {
    const answer = await app.send(method, "/api/stream?product_id=1")

    expect([answer.status, answer.body]).toEqual([200, ""])
    expect(answer.headers["content-type"]).toBe("text/event-stream")
    expect((await app.send(method, "/api/stream?product_id=4000000")).status).toBe(404)
  })
})

describe("a stream is refused", () => {
  test.each([
    "?product_id=",
    "?product_id=abc",
    "?product_id=0",
    "?product_id=1,",
    "?product_id=1,,2",
    "?product_id=1%202",
    "?product_id=-1",
    "?product_id=9007199254740992",
    `?product_id=${Array.from({ length: 21 }, (_, index) => index + 1).join()}`,
  ])("%s: 422", async (query) => {
    const answer = await app.get(`/api/stream${query}`)

    expect(answer).toBeProblem(422, "invalid_request", complaintsAbout("?product_id"))
  })

  test.each(["", "?product=1", "?product_id=1&product_id=2"])("%j: 422", async (query) => {
    const answer = await app.get(`/api/stream${query}`)

    expect(answer).toBeProblem(422, "invalid_request", complaintsAbout("/product_id"))
  })

  test.each(["4000000", "1,4000000"])("for products %s, of which one does not exist: 404", async (ids) => {
    expect(await app.get(`/api/stream?product_id=${ids}`)).toBeProblem(404, "product_not_found")
  })

  test("beyond the limit of a process: 503, until one stream has ended", async () => {
    await using small = await startTestApp({ streams: { mostStreams: 2 } })
    using first = await openStream(small.url, 1)
    {
      using second = await openStream(small.url, 1)
      await Promise.all([first, second].map((stream) => stream.seen(() => true)))

      const refused = await small.get("/api/stream?product_id=1")

      expect(refused).toBeProblem(503, "overloaded")
      expect(refused.headers["retry-after"]).toBe("1")
    }
    await expect.poll(() => streamsOf(small), SOON).toBe(1)
    using third = await openStream(small.url, 1)
    await third.seen(() => true)
  })

  test("behind pipelined requests, which could pile up; the connection is closed", async () => {
    await using flooded = await startTestApp()
    const { hostname, port } = new URL(flooded.url)
    const socket = connect(Number(port), hostname).on("error", () => undefined)
    let received = ""
    socket.on("data", (data) => (received += String(data)))
    socket.write("GET /api/stream?product_id=1 HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100_000))
    await expect.poll(() => socket.destroyed, SOON).toBe(true)
    expect(new Set(received.match(/HTTP\/1\.1 \d+/g))).toEqual(new Set(["HTTP/1.1 503"]))

    using other = await openStream(flooded.url, 1)
    await hold(flooded, 1, 1)
    await other.seen(held(1))
    expect(await streamsOf(flooded)).toBe(1)
  })
})

/** The value of the gauge of open streams. */
async function streamsOf(server: TestApp): Promise<number> {
  const { body } = await server.get("/metrics")
  return Number(/^doorbuster_streams (\d+)$/m.exec(String(body))?.[1])
}

describe("changes arrive", () => {
  test("made by this process", async () => {
    const { id } = await offer(app)
    using stream = await openStream(app.url, id)
    await stream.seen(() => true)

    const from = performance.now()
    await hold(app, id, 3)

    const change = await stream.seen(held(3))
    expect(change.at - from).toBeLessThan(50_000)
    expect(change.id).toBe(`${id}-2-open`)
    expect(change.data).toMatchObject({ available_stock: 97, reserved_stock: 3 })
  })

  test("made by another process on the same database", async () => {
    await using other = await startTestApp({ databaseUrl: app.databaseUrl, seed: false })
    const { id } = await offer(app)
    using stream = await openStream(app.url, id)
    await stream.seen(() => true)

    const from = performance.now()
    await hold(other, id, 3)

    expect((await stream.seen(held(3))).at - from).toBeLessThan(2_000)
  })

  test("made by time alone: a sale opens and closes", async () => {
    const { id } = await offer(app, { opens_at: IN_A_SECOND(), closes_at: null })
    using stream = await openStream(app.url, id)

    const opened = await stream.seen(({ data }) => data.sale_state === "open")
    expect(stream.events.map(({ data }) => data.sale_state)).toEqual(["scheduled", "open"])
    expect(opened.data.server_time >= opened.data.opens_at).toBe(true)
    await app.send("PATCH", `/api/admin/products/${id}`, { json: { closes_at: IN_A_SECOND() } })
    await stream.seen(({ data }) => data.sale_state === "closed")
  })

  test("when a hold expires", async () => {
    await using swept = await startTestApp({ worker: true })
    const { id } = await offer(swept, { hold_ttl_seconds: 1, stock: 1 })
    using stream = await openStream(swept.url, id)
    await hold(swept, id, 1)

    await stream.seen(({ data }) => data.sale_state === "all_held")
    const back = await stream.seen(({ id: name }) => name === `${id}-3-open`)
    expect(back.data).toMatchObject({ available_stock: 1, reserved_stock: 0 })
  })

  test("of each watched product, and of no other", async () => {
    const [one, other, third] = [await offer(app), await offer(app), await offer(app)]
    using stream = await openStream(app.url, `${one.id},${other.id}`)
    await hold(app, third.id, 1)
    await hold(app, other.id, 2)
    await hold(app, one.id, 3)

    await stream.seen(({ data }) => data.id === other.id && data.reserved_stock === 2)
    await stream.seen(({ data }) => data.id === one.id && data.reserved_stock === 3)
    expect(stream.events.filter(({ data }) => data.id === third.id)).toEqual([])
  })

  test("a few times a second at most, and the last change always", async () => {
    const { id } = await offer(app, { stock: 10_000 })
    using stream = await openStream(app.url, id)
    await stream.seen(() => true)
    const from = performance.now()
    let count = 0
    while (performance.now() < from + 2_000) {
      await hold(app, id, 1)
      count += 1
    }
    await stream.seen(held(count))
    const seconds = (performance.now() - from) / 1_000

    expect(count).toBeGreaterThan(12)
    // Two more: the first event, and the change that is sent at once.
    expect(stream.events.length).toBeLessThanOrEqual(4 * seconds + 2)
    const units = stream.events.map(({ data }) => data.reserved_stock)
    expect(units).toEqual([...units].sort((a, b) => a - b))
    const ids = stream.events.map((event) => event.id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe("Last-Event-ID", () => {
  test("omits the first event if the client has the current state, and sends later changes", async () => {
    const { id } = await offer(app)
    using first = await openStream(app.url, id)
    const snapshot = await first.seen(() => true)

    using again = await openStream(app.url, id, { "last-event-id": snapshot.id })
    await hold(app, id, 2)

    await again.seen(held(2))
    expect(again.events).toHaveLength(1)
  })

  test.each(["1-1-open", "nonsense", "", "1-999999999-open"])(
    "%j, which names another state, gets the product",
    async (known) => {
      const { id } = await offer(app)
      using stream = await openStream(app.url, id, { "last-event-id": known })

      expect((await stream.seen(() => true)).data.id).toBe(id)
    },
  )

  test("omits one of several products; the others are sent", async () => {
    const [one, other] = [await offer(app), await offer(app)]
    using stream = await openStream(app.url, `${one.id},${other.id}`, { "last-event-id": `${one.id}-1-open` })

    await stream.seen(({ data }) => data.id === other.id)
    expect(stream.events).toHaveLength(1)
  })
})

describe("a stream continues", () => {
  test("with heartbeats while nothing changes", async () => {
    await using beating = await startTestApp({ streams: { heartbeatMs: 100 } })
    using stream = await openStream(beating.url, 1)

    await expect.poll(() => stream.comments.length, SOON).toBeGreaterThanOrEqual(3)
    expect(stream.events).toHaveLength(1)
  })

  test("while another client, which does not read, is disconnected", async () => {
    await using strict = await startTestApp({ streams: { mostWaitingBytes: 1_000_000 } })
    using reader = await openStream(strict.url, 1)
    using sleeper = await openStream(strict.url, 1)
    await Promise.all([reader, sleeper].map((stream) => stream.seen(() => true)))
    sleeper.response.pause()
    const database = new pg.Client({ connectionString: strict.databaseUrl })
    await database.connect()

    // More than the operating system buffers for a client, sent in parts of a megabyte.
    const grow = `
      update products
         set description = repeat('x', 1000000),
             version = version + 1
       where id = 1`
    let grown = 0
    while ((await streamsOf(strict)) === 2) {
      expect(grown).toBeLessThan(50)
      await database.query(grow)
      grown += 1
      await reader.seen(({ id }) => id === `1-${grown + 1}-open`)
    }
    await database.end()

    expect(grown).toBeGreaterThan(1)
    await hold(strict, 1, 5)
    await reader.seen(held(5))
    sleeper.response.resume()
    await expect.poll(() => sleeper.ended, SOON).toBe("cut")
  })

  test("while the database is unavailable, and sends the changes afterwards", async () => {
    await using served = await startTestApp({ streams: { heartbeatMs: 200 } })
    using stream = await openStream(served.url, 1)
    await stream.seen(() => true)
    {
      await using outage = await startOutage(served.databaseUrl)
      const before = stream.comments.length
      await expect.poll(() => stream.comments.length, SOON).toBeGreaterThan(before + 2)
      await outage.end()
    }
    await expect.poll(async () => (await served.get("/readyz")).status, SOON).toBe(200)
    await hold(served, 1, 4)

    await stream.seen(held(4))
    expect(stream.ended).toBeNull()
    const lines = served.log.filter(({ msg }) => String(msg).startsWith("Changes of watched products"))
    expect(lines.length).toBeLessThanOrEqual(1)
  })
})

describe("an address", () => {
  const proxied = (streamsPerAddress: number) =>
    startClosedApp({ config: { streamsPerAddress, trustProxy: "127.0.0.1" } })
  const as = (address: string) => ({ "x-forwarded-for": address })

  test("has as many streams as the limit, and may open another when one has ended", async () => {
    await using served = await startClosedApp({ config: { streamsPerAddress: 2 } })
    using first = await openStream(served.url, 1)
    using second = await openStream(served.url, 1)
    await Promise.all([first, second].map((stream) => stream.seen(() => true)))

    const refused = await served.get("/api/stream?product_id=1")
    expect(refused).toBeProblem(429, "rate_limited")
    expect(refused.body.detail).toMatch(/limit of open streams/)
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0)

    first[Symbol.dispose]()
    await expect.poll(() => streamsOf(served), SOON).toBe(1)
    using third = await openStream(served.url, 1)
    expect(third.status).toBe(200)
    expect(second.ended).toBeNull()
  })

  test("does not use up the limit of others by forging headers", async () => {
    await using served = await proxied(1)
    using first = await openStream(served.url, 1, as("203.0.113.7"))
    expect(first.status).toBe(200)
    expect((await served.get("/api/stream?product_id=1", { headers: as("203.0.113.7") })).status).toBe(429)
    using other = await openStream(served.url, 1, as("203.0.113.8"))
    expect(other.status).toBe(200)

    await using direct = await startClosedApp({ config: { streamsPerAddress: 1 } })
    using taken = await openStream(direct.url, 1, as("203.0.113.7"))
    expect(taken.status).toBe(200)
    const made = await direct.get("/api/stream?product_id=1", { headers: as("203.0.113.8") })
    expect(made).toBeProblem(429, "rate_limited")
  })

  test("of IPv6 counts with its whole /64 network", async () => {
    await using served = await proxied(1)
    using first = await openStream(served.url, 1, as("2001:db8:1:2::7"))
    expect(first.status).toBe(200)
    const neighbour = await served.get("/api/stream?product_id=1", { headers: as("2001:db8:1:2:ffff::8") })
    expect(neighbour).toBeProblem(429, "rate_limited")
    using other = await openStream(served.url, 1, as("2001:db8:1:3::7"))
    expect(other.status).toBe(200)
  })

  test("of the shop itself is not counted; without a limit no address is", async () => {
    await using served = await startClosedApp({ config: { streamsPerAddress: 1 } })
    const shop = { authorization: `Bearer ${ADMIN_TOKEN}` }
    using one = await openStream(served.url, 1, shop)
    using two = await openStream(served.url, 1, shop)
    using buyer = await openStream(served.url, 1)
    expect([one.status, two.status, buyer.status]).toEqual([200, 200, 200])

    await using unlimited = await startClosedApp({ config: { streamsPerAddress: 0 } })
    using three = await openStream(unlimited.url, 1)
    using four = await openStream(unlimited.url, 1)
    expect([three.status, four.status]).toEqual([200, 200])
  })
})

describe("a server that stops", () => {
  test("ends its streams in order and soon, before it stops", async () => {
    const own = await createTestDatabase()
    const stopping = await startTestApp({ databaseUrl: own.url })
    using first = await openStream(stopping.url, 1)
    using second = await openStream(stopping.url, 1)
    using third = await openStream(stopping.url, 1)
    await Promise.all([first, second, third].map((stream) => stream.seen(() => true)))
    third.response.pause()

    const from = performance.now()
    await stopping[Symbol.asyncDispose]()

    expect(performance.now() - from).toBeLessThan(4_000)
    await expect.poll(() => [first.ended, second.ended], SOON).toEqual(["whole", "whole"])
    await own[Symbol.asyncDispose]()
  })
})
