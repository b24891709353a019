import { expect, test } from "vitest"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"
import { startTestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { createClient, type TestAnswer } from "../support/http.ts"

// Faults of the network to the database that neither side reports.

test("all data arrives in pieces of 61 bytes: requests are slower and succeed", async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using app = await startTestApp({ databaseUrl: proxy.url })

  proxy.trickle(true)
  const answers = await Promise.all(
    Array.from({ length: 120 }, () => app.post("/api/holds", { product_id: 1, qty: 1 })),
  )
  const { body } = await app.get("/api/products/1", { headers: { "cache-control": "no-cache" } })

  const granted = answers.filter(({ status }) => status === 201)
  expect(new Set(granted.map(({ body: hold }) => hold.hold_id)).size).toBe(100)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(20)
  expect(body).toMatchObject({ available_stock: 0, reserved_stock: 100 })
  proxy.trickle(false)
  expect(await differencesIn(database.url)).toEqual([])
})

test("connections go silent for good: no response is wrong, and the server recovers by itself within half a minute", async () => {
  await using database = await createTestDatabase()
  await using proxy = await startDatabaseProxy(database.url)
  await using app = await startTestApp({ databaseUrl: proxy.url })
  const buy = () => app.post("/api/holds", { product_id: 1, qty: 1 })
  const before = await buy()

  proxy.silence()
  const silentSince = performance.now()
  const refused: number[] = []
  let after = await buy()
  for (; after.status !== 201; after = await buy()) {
    refused.push(after.status)
    expect(performance.now() - silentSince).toBeLessThan(30_000)
  }

  expect(new Set(refused)).toEqual(new Set(refused.length === 0 ? [] : [503]))
  for (const { body } of [before, after]) {
    // The server notices a silent connection when it uses it.
    const found = () => app.get(`/api/holds/${body.hold_id}`).then(({ status }) => status)
    await expect.poll(found, { timeout: 30_000 }).toBe(200)
  }
  expect(await differencesIn(database.url)).toEqual([])
})

test("clients' connections break again and again: a request that is repeated with its key gets one hold", async () => {
  await using app = await startTestApp()
  // The proxy forwards any TCP connection, also one to the HTTP server.
  await using proxy = await startDatabaseProxy(app.url)
  const client = createClient(new URL(proxy.url).origin)
  let broken = 0

  async function buy(visitor: number): Promise<TestAnswer> {
    for (;;) {
      const headers = { "idempotency-key": `visitor-${visitor}` }
      const answer = await client.post("/api/holds", { product_id: 1, qty: 1 }, { headers }).catch(() => null)
      if (answer !== null) return answer
      broken += 1
    }
  }
  const cuts = setInterval(() => proxy.cut(), 50)
  const answers = await Promise.all(Array.from({ length: 400 }, (_, visitor) => buy(visitor)))
  clearInterval(cuts)
  client.close()

  const granted = answers.filter(({ status }) => status === 201)
  expect(broken).toBeGreaterThan(20)
  expect(new Set(granted.map(({ body }) => body.hold_id)).size).toBe(100)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(300)
  const { body } = await app.get("/api/products/1", { headers: { "cache-control": "no-cache" } })
  expect(body).toMatchObject({ available_stock: 0, reserved_stock: 100 })
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
