import { expect, test } from "vitest"
import { createAdminClient } from "../../client/src/admin.ts"
import {
  AbortError,
  AnswerError,
  createClient,
  NetworkError,
  ProblemError,
  randomKey,
  TimeoutError,
} from "../../client/src/index.ts"
import { retryAfterMs } from "../../client/src/pauses.ts"
import { uuidOf } from "../../client/src/random-key.ts"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { productNow } from "../support/shop.ts"
import { sendJson, sendProblem, startFakeServer, startLossyProxy } from "./fake-server.ts"

const WISH = { product_id: 1, qty: 2 }

// Both times when the answer is lost the server has made the hold already, so a retry with another key would make one more.
test("a hold whose answer is lost twice is made once", async () => {
  await using app = await startTestApp()
  await using proxy = await startLossyProxy(app.url, [1, 2])
  const client = createClient({ baseUrl: proxy.url })

  const hold = await client.holds.create(WISH)

  expect(proxy.asked).toHaveLength(3)
  expect(hold).toMatchObject({ qty: 2, status: "active" })
  expect(await productNow(app, 1)).toMatchObject({ reserved_stock: 2 })
  expect(await client.withToken(hold.token).holds.get(hold.hold_id)).toMatchObject({ hold_id: hold.hold_id })
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

test("an order, a payment attempt, a cancellation and a product whose answers are lost are made once", async () => {
  await using app = await startTestApp()
  const { hold_id } = await createClient({ baseUrl: app.url }).holds.create(WISH)
  await using proxy = await startLossyProxy(app.url, [1, 3, 5, 7])
  const client = createClient({ baseUrl: proxy.url })
  const shop = createAdminClient({ baseUrl: proxy.url })

  const order = await client.orders.create({ hold_id })
  const begun = await client.orders.startPayment(order.order_id)
  const cancelled = await client.orders.cancel(order.order_id)
  const product = await shop.products.create({ name: "Lamp", price_minor: 1, currency: "EUR", stock: 1 })

  expect(proxy.asked).toHaveLength(8)
  expect(begun.payment_attempts).toBe(1)
  expect(cancelled.status).toBe("cancelled")
  expect((await client.products.list()).data.map(({ id }) => id)).toEqual([1, product.id])
})

test("a hold is released although the first answer is lost", async () => {
  await using app = await startTestApp()
  const { hold_id } = await createClient({ baseUrl: app.url }).holds.create(WISH)
  await using proxy = await startLossyProxy(app.url, [1])

  const released = await createClient({ baseUrl: proxy.url }).holds.release(hold_id)

  expect(released.status).toBe("released")
  expect(await productNow(app, 1)).toMatchObject({ reserved_stock: 0 })
})

test("a later call with the same stored key gets the first answer", async () => {
  await using app = await startTestApp()
  const client = createClient({ baseUrl: app.url })
  const idempotencyKey = randomKey()

  const first = await client.holds.create(WISH, { idempotencyKey })

  expect(await createClient({ baseUrl: app.url }).holds.create(WISH, { idempotencyKey })).toEqual(first)
  expect((await client.holds.create(WISH)).hold_id).not.toBe(first.hold_id)
  await expect(client.holds.create({ ...WISH, qty: 1 }, { idempotencyKey })).rejects.toMatchObject({
    code: "idempotency_key_reused",
  })
})

test("all tries of a call share a key, and each call has another one", async () => {
  await using server = await startFakeServer((_request, response, number) =>
    number % 3 === 0 ? sendJson(response, 201, {}) : response.destroy(),
  )
  const client = createClient({ baseUrl: server.url })
  await client.holds.create(WISH)
  await client.orders.create({ hold_id: 1 })

  const keys = server.asked.map(({ headers }) => headers["idempotency-key"])
  expect(keys).toHaveLength(6)
  expect(new Set(keys.slice(0, 3)).size).toBe(1)
  expect(new Set(keys.slice(3)).size).toBe(1)
  expect(new Set(keys).size).toBe(2)
  expect(keys[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})

test("tries are numbered if their key is new, and not under an earlier key", async () => {
  await using server = await startFakeServer((_request, response, number) =>
    number === 1 ? response.destroy() : sendJson(response, 201, {}),
  )
  const client = createClient({ baseUrl: server.url })
  await client.holds.create(WISH)
  await client.holds.create(WISH, { idempotencyKey: "of before" })
  await client.holds.create(WISH, { idempotencyKey: "just made", isKeyNew: true })

  const attempts = server.asked.map(({ headers }) => headers["idempotency-attempt"])
  expect(attempts).toEqual(["1", "2", undefined, "1"])
})

test("a call without a key that is not idempotent is sent once", async () => {
  await using server = await startFakeServer((_request, response) => response.destroy())
  const client = createClient({ baseUrl: server.url })
  const { webhooks } = createAdminClient({ baseUrl: server.url })

  const calls = [
    client.holds.create(WISH, { idempotencyKey: null }),
    client.health(),
    webhooks.create({ url: "https://hook.invalid" }),
    webhooks.rotate(1),
    webhooks.test(1),
    webhooks.replay(1, { since: "2026-01-01T00:00:00Z" }),
    webhooks.replayOne(1, "order_paid-1"),
  ]
  const results = await Promise.allSettled(calls)

  expect(
    results.map((result) => result.status === "rejected" && result.reason instanceof NetworkError),
  ).toEqual(calls.map(() => true))
  expect(server.asked).toHaveLength(calls.length)
})

test.each([
  [429, "rate_limited"],
  [503, "overloaded"],
])("a %i is retried after its Retry-After, not before", async (status, code) => {
  await using server = await startFakeServer((_request, response, number) =>
    number === 1 ? sendProblem(response, status, code, { "retry-after": "1" }) : sendJson(response, 200, {}),
  )
  const startedAt = performance.now()

  await createClient({ baseUrl: server.url }).orders.get(1)

  expect(server.asked).toHaveLength(2)
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000)
})

test.each([
  ["7", 7_000],
  [" 0 ", 0],
  ["Fri, 27 Nov 2026 12:00:03 GMT", 3_000],
  ["Fri, 27 Nov 2026 11:00:00 GMT", 0],
  ["soon", null],
  ["-1", null],
  [null, null],
])("Retry-After %j is %j ms", (header, expected) => {
  expect(retryAfterMs(header, Date.parse("2026-11-27T12:00:00Z"))).toBe(expected)
})

test.each([400, 401, 403, 404, 409, 410, 413, 415, 422, 500])("a %i is not retried", async (status) => {
  await using server = await startFakeServer((_request, response) =>
    sendProblem(response, status, "forbidden"),
  )

  await expect(createClient({ baseUrl: server.url }).holds.create(WISH)).rejects.toMatchObject({ status })
  expect(server.asked).toHaveLength(1)
})

test("after five failed tries the last refusal is thrown", async () => {
  await using server = await startFakeServer((_request, response) =>
    sendProblem(response, 503, "unavailable"),
  )
  const client = createClient({ baseUrl: server.url, retry: { tries: 3 } })

  const refused = client.products.get(1)

  await expect(refused).rejects.toMatchObject({ code: "unavailable", retryAfterMs: null })
  expect(server.asked).toHaveLength(3)
})

test("a Retry-After beyond the total time is an error at once", async () => {
  await using server = await startFakeServer((_request, response) =>
    sendProblem(response, 503, "unavailable", { "retry-after": "3600" }),
  )
  const startedAt = performance.now()

  const error = await createClient({ baseUrl: server.url })
    .products.get(1)
    .catch((thrown: unknown) => thrown)

  expect(error).toBeInstanceOf(ProblemError)
  expect(error).toMatchObject({ retryAfterMs: 3_600_000 })
  expect(performance.now() - startedAt).toBeLessThan(20_000)
})

test("a silent server is a time-out, for each try and in total", async () => {
  await using server = await startFakeServer(() => undefined)
  const client = createClient({ baseUrl: server.url, timeoutMs: 200 })
  const startedAt = performance.now()

  await expect(client.health()).rejects.toBeInstanceOf(TimeoutError)
  await expect(client.products.get(1, { retry: { totalMs: 1_500 } })).rejects.toBeInstanceOf(TimeoutError)

  expect(server.asked.length).toBeGreaterThan(1)
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})

test("an answer that stops in the middle is a time-out as well", async () => {
  await using server = await startFakeServer((_request, response) =>
    response.writeHead(200, { "content-type": "application/json" }).write('{"id":'),
  )
  const client = createClient({ baseUrl: server.url, timeoutMs: 50, retry: { tries: 1 } })

  await expect(client.products.get(1)).rejects.toBeInstanceOf(TimeoutError)
})

test.each([
  ["before it begins", 0],
  ["while it waits for an answer", 500],
])("a signal ends a call %s", async (_, afterMs) => {
  await using server = await startFakeServer(() => undefined)
  const signal = afterMs === 0 ? AbortSignal.abort("changed my mind") : AbortSignal.timeout(afterMs)

  const error = await createClient({ baseUrl: server.url })
    .products.get(1, { signal })
    .catch((thrown: unknown) => thrown)

  expect(error).toBeInstanceOf(AbortError)
  expect(error).toMatchObject({ name: "AbortError", cause: signal.reason })
  expect(server.asked).toHaveLength(afterMs === 0 ? 0 : 1)
})

test("a signal ends the pause between two tries", async () => {
  await using server = await startFakeServer((_request, response) =>
    sendProblem(response, 503, "unavailable", { "retry-after": "20" }),
  )
  const startedAt = performance.now()
  const client = createClient({ baseUrl: server.url })

  await expect(client.products.get(1, { signal: AbortSignal.timeout(500) })).rejects.toBeInstanceOf(
    AbortError,
  )
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  expect(server.asked).toHaveLength(1)
})

test("a fetch that ignores signals does not keep a call from ending", async () => {
  const client = createClient({ baseUrl: "http://x.invalid", fetch: () => new Promise(() => undefined) })

  await expect(client.health({ timeoutMs: 20 })).rejects.toBeInstanceOf(TimeoutError)
  await expect(client.health({ signal: AbortSignal.timeout(20) })).rejects.toBeInstanceOf(AbortError)
})

test("an answer of another program is an error with its status and its beginning", async () => {
  await using server = await startFakeServer((_request, response) => response.writeHead(500).end("<h1>Oops"))
  const client = createClient({ baseUrl: server.url })

  const error = await client.products.get(1).catch((thrown: unknown) => thrown)

  expect(error).toBeInstanceOf(AnswerError)
  expect(error).toMatchObject({ status: 500, text: "<h1>Oops" })
})

test("a port without a server is a network error with its cause", async () => {
  const client = createClient({ baseUrl: "http://127.0.0.1:1", retry: { tries: 2 } })

  const error = await client.products.get(1).catch((thrown: unknown) => thrown)

  expect(error).toBeInstanceOf(NetworkError)
  expect(error).toMatchObject({ cause: expect.any(Error) })
})

test("health returns the answer of a server that is not ready", async () => {
  const state = { status: "stopping", database: "ok", version: "1", uptime_seconds: 1 }
  await using server = await startFakeServer((_request, response) => sendJson(response, 503, state))

  expect(await createClient({ baseUrl: server.url }).health()).toEqual(state)
})

test("without randomUUID, a UUID is made of sixteen random bytes", () => {
  expect(uuidOf(new Uint8Array(16).fill(0xff))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff")
  expect(uuidOf(new Uint8Array(16))).toBe("00000000-0000-4000-8000-000000000000")
})
