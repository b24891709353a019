import { expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"

/** Twenty buyers send hold requests without a pause until one gets a unit; returns the time that took, in milliseconds. */
async function untilGranted(app: TestApp): Promise<number> {
  const startedAt = performance.now()
  let granted = Infinity
  async function buy(): Promise<void> {
    while (granted === Infinity && performance.now() - startedAt < 5_000) {
      const { status } = await app.post("/api/holds", { product_id: 1, qty: 1 })
      if (status === 201) granted = performance.now() - startedAt
    }
  }
  await Promise.all(Array.from({ length: 20 }, buy))
  return granted
}

async function gateRefusals(app: TestApp): Promise<number> {
  const { body } = await app.get("/metrics")
  return Number(/^doorbuster_gate_refusals_total (\d+)/m.exec(body)?.[1] ?? "0")
}

// Under demand, a released unit is granted within a second, by whichever process it was released (I9).
test.each(["this", "another"])(
  "a unit released by %s process is granted again within a second",
  async (which) => {
    await using database = await createTestDatabase()
    await using app = await startTestApp({ databaseUrl: database.url })
    await using other = await startTestApp({ databaseUrl: database.url })
    const { body: hold } = await app.post("/api/holds", { product_id: 1, qty: 100 })
    const refused = await Promise.all(
      Array.from({ length: 200 }, () => app.post("/api/holds", { product_id: 1, qty: 1 })),
    )

    const granted = untilGranted(app)
    await (which === "this" ? app : other).send("DELETE", `/api/holds/${hold.hold_id}`)

    expect(await granted).toBeLessThan(1_000)
    for (const { status, body } of refused) {
      expect([status, body.code, body.sale_state, body.retry_at]).toEqual([
        409,
        "out_of_stock",
        "all_held",
        hold.expires_at,
      ])
    }
    // Most of the crowd's requests never reached the database.
    expect(await gateRefusals(app)).toBeGreaterThan(100)
    expect(await differencesIn(database.url)).toEqual([])
  },
)

test("an expired unit is granted again within a second, without a worker", async () => {
  await using app = await startTestApp({ config: { holdTtlSeconds: 1 } })
  const { body: hold } = await app.post("/api/holds", { product_id: 1, qty: 100 })

  const granted = await untilGranted(app)

  const heldFor = Date.parse(hold.expires_at) - Date.parse(hold.created_at)
  expect(granted).toBeLessThan(heldFor + 1_000)
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

test("units whose holds lapse together are all granted again within a second, without a worker", async () => {
  await using app = await startTestApp({ config: { holdTtlSeconds: 2 } })
  await using later = await startTestApp({ databaseUrl: app.databaseUrl, seed: false })
  const holds = await Promise.all(
    Array.from({ length: 100 }, () => app.post("/api/holds", { product_id: 1, qty: 1 })),
  )
  const lastDeadline = Math.max(...holds.map(({ body }) => Date.parse(body.expires_at)))
  let granted = 0
  let lastGrant = 0

  // The new holds last for minutes, so each of the hundred units is granted once.
  async function buy(): Promise<void> {
    while (granted < 100 && Date.now() < lastDeadline + 5_000) {
      const { status } = await later.post("/api/holds", { product_id: 1, qty: 1 })
      if (status === 201) [granted, lastGrant] = [granted + 1, Date.now()]
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await Promise.all(Array.from({ length: 10 }, buy))

  expect(granted).toBe(100)
  expect(lastGrant - lastDeadline).toBeLessThan(1_500)
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

test("a repeated request gets its first response, also when the product is sold out", async () => {
  await using app = await startTestApp()
  const request = { headers: { "idempotency-key": "the-first-buyer" } }
  const { body: first } = await app.post("/api/holds", { product_id: 1, qty: 100 }, request)
  await Promise.all(Array.from({ length: 50 }, () => app.post("/api/holds", { product_id: 1, qty: 1 })))

  const again = await app.post("/api/holds", { product_id: 1, qty: 100 }, request)

  expect(again).toMatchObject({ status: 201, body: first })
})
