import pg from "pg"
import { expect, test } from "vitest"
import { migrate } from "../../src/store/upkeep/migrate.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import type { TestClient } from "../support/http.ts"
import { checkOutLastVersion, findLastVersion, LAST_VERSION } from "../support/last-version.ts"
import { runSql } from "../support/rows.ts"
import { startServerProcess } from "../support/server-process.ts"

// Servers of the last version know no variants (0012_variants.sql).

const { isSkipped, lastVersion } = await findLastVersion()

/** A database without a schema, and a server of the last version that has made its own there. */
async function startOlder() {
  expect(lastVersion, `this clone has a history without ${LAST_VERSION}`).toBe("present")
  const database = await createTestDatabase()
  await runSql(database.url, "drop schema public cascade", "create schema public")
  const environment = { DATABASE_URL: database.url, LOG_LEVEL: "info" }
  const last = await checkOutLastVersion()
  const older = await startServerProcess(environment, ["serve"], last.launcher)
  return {
    database,
    environment,
    older,
    async [Symbol.asyncDispose]() {
      await older[Symbol.asyncDispose]()
      await last[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

/** Creates a product with two variants of five units each; returns its id and theirs. */
async function offerShoe(server: TestClient, settings: object = {}) {
  const { body } = await server.post("/api/admin/products", {
    name: "Shoe",
    price_minor: 100,
    currency: "EUR",
    ...settings,
    variants: [
      { name: "Size 41", stock: 5 },
      { name: "Size 42", stock: 5, price_minor: 150 },
    ],
  })
  const [first, second]: number[] = body.variants.map(({ id }: { id: number }) => id)
  return { id: Number(body.id), first, second }
}

/** Holds one unit after the other until `isOver`; returns the longest wait for an answer, in milliseconds. */
async function longestHold(server: TestClient, isOver: () => boolean): Promise<number> {
  let longest = 0
  while (!isOver()) {
    const since = performance.now()
    const { status } = await server.post("/api/holds", { product_id: 1, qty: 1 })
    longest = Math.max(longest, performance.now() - since)
    expect([201, 409]).toContain(status)
  }
  return longest
}

test.skipIf(isSkipped)(
  "the migration stops no hold at a server of the last version for a second, even while a report is being read",
  { timeout: 120_000 },
  async () => {
    await using started = await startOlder()
    const { database, older } = started
    const report = new pg.Client({ connectionString: database.url })
    await report.connect()
    await report.query("begin")
    await report.query("select from holds")

    let isMigrated = false
    const migrating = migrate(database.url).then((names) => {
      isMigrated = true
      return names
    })
    // The first try gives up at the table that is being read; a later one succeeds.
    const giveUp = async () => {
      await expect.poll(() => waitsForHolds(database.url), { timeout: 30_000, interval: 10 }).toBe(true)
      await expect.poll(() => waitsForHolds(database.url), { timeout: 30_000, interval: 10 }).toBe(false)
      expect(isMigrated).toBe(false)
      await report.end()
    }
    const givenUp = giveUp()
    const longest = await longestHold(older, () => isMigrated)

    await givenUp
    expect(await migrating).toContain("0012_variants")
    expect(longest).toBeLessThan(1_000)
    expect(await differencesIn(database.url)).toEqual([])
  },
)

test.skipIf(isSkipped)(
  "a server of the last version refuses a product with variants, and sells the others",
  { timeout: 120_000 },
  async () => {
    await using started = await startOlder()
    const { database, environment, older } = started
    await using newer = await startServerProcess(environment)
    const shoe = await offerShoe(newer)
    const line = { product_id: shoe.id, variant_id: shoe.first, qty: 1 }

    // It takes the product for paused, so that a crowd costs it no failed transactions.
    expect((await older.get(`/api/products/${shoe.id}`)).body).toMatchObject({
      sale_state: "paused",
      stock: 10,
    })
    expect((await newer.get(`/api/products/${shoe.id}`)).body).toMatchObject({
      sale_state: "open",
      stock: 10,
    })
    const crowd = await Promise.all(
      Array.from({ length: 100 }, (_, buyer) =>
        older.post("/api/holds", { product_id: buyer % 2 === 0 ? 1 : shoe.id, qty: 1 }),
      ),
    )
    expect(crowd.map(({ status, body }) => body.code ?? status)).toEqual(
      crowd.map((_, buyer) => (buyer % 2 === 0 ? 201 : "sale_paused")),
    )

    // It changes nothing of what the newer server has sold of it, and fails at nothing else.
    const hold = (await newer.post("/api/holds", line)).body.hold_id
    const lines = [shoe.first, shoe.second].map((variant_id) => ({ variant_id, qty: 1 }))
    const basket = (await newer.post("/api/holds", { product_id: shoe.id, lines })).body.hold_id
    const order = (await newer.post("/api/orders", { hold_id: basket })).body.order_id
    const before = (await newer.get(`/api/products/${shoe.id}`)).body
    const payment = { order_id: order, status: "success", idempotency_key: "paid" }
    const refused = await Promise.all([
      older.post("/api/orders", { hold_id: hold }),
      older.send("DELETE", `/api/holds/${hold}`),
      older.post(`/api/orders/${order}/cancel`, {}),
      older.post("/api/payments/webhook", payment),
      older.post(`/api/admin/products/${shoe.id}/resume`, {}),
      older.send("PATCH", `/api/admin/products/${shoe.id}`, { json: { price_minor: 1 } }),
      older.post(`/api/admin/products/${shoe.id}/stock`, { stock: 20, expected: 10 }),
    ])
    expect(refused.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500, 500, 500])
    const after = (await newer.get(`/api/products/${shoe.id}`)).body
    expect({ ...after, server_time: null }).toEqual({ ...before, server_time: null })
    expect(await differencesIn(database.url)).toEqual([])

    // What it has refused succeeds at the newer server.
    expect((await newer.post("/api/orders", { hold_id: hold })).status).toBe(201)
    expect((await newer.post("/api/payments/webhook", payment)).body).toMatchObject({ outcome: "paid" })
    expect((await older.post("/api/holds", { product_id: 1, qty: 1 })).status).toBe(201)
    expect((await older.get("/readyz")).status).toBe(200)
    expect(await differencesIn(database.url)).toEqual([])
  },
)

test.skipIf(isSkipped)(
  "holds of variants that end while only the last version runs wait for the new one, and those of others do not",
  { timeout: 120_000 },
  async () => {
    await using started = await startOlder()
    const { database, environment, older } = started
    const reserved = async (productId: number) => {
      const { body } = await older.get(`/api/products/${productId}`, {
        headers: { "cache-control": "no-cache" },
      })
      return body.reserved_stock
    }
    const settings = { hold_ttl_seconds: 3 }
    const newer = await startServerProcess(environment)
    const shoe = await offerShoe(newer, settings)
    const lamp = await newer.post("/api/admin/products", {
      name: "Lamp",
      price_minor: 100,
      currency: "EUR",
      stock: 5,
      ...settings,
    })
    await newer.post("/api/holds", { product_id: shoe.id, variant_id: shoe.first, qty: 1 })
    await newer.post("/api/holds", { product_id: lamp.body.id, qty: 1 })
    await newer.end("SIGKILL")
    expect([await reserved(shoe.id), await reserved(lamp.body.id)]).toEqual([1, 1])

    await expect.poll(() => reserved(lamp.body.id), { timeout: 15_000 }).toBe(0)
    expect(await reserved(shoe.id)).toBe(1)
    await using other = await startServerProcess(environment)
    await expect.poll(() => reserved(shoe.id), { timeout: 15_000 }).toBe(0)

    expect((await other.get("/readyz")).status).toBe(200)
    expect(await differencesIn(database.url)).toEqual([])
  },
)

test.skipIf(isSkipped)(
  "a hold of the last version is ordered at the price of the moment of the order, as there",
  { timeout: 120_000 },
  async () => {
    await using started = await startOlder()
    const { database, environment, older } = started
    await using newer = await startServerProcess(environment)
    const place = async (server: TestClient) =>
      (await server.post("/api/holds", { product_id: 1, qty: 2 })).body.hold_id
    const [atOlder, atNewer] = [await place(older), await place(newer)]
    await newer.send("PATCH", "/api/admin/products/1", { json: { price_minor: 12_000 } })

    const prices = []
    for (const hold_id of [atOlder, atNewer]) {
      const { body } = await newer.post("/api/orders", { hold_id })
      prices.push([body.unit_price, body.total_price])
    }

    expect(prices).toEqual([
      ["120.00", "240.00"],
      ["99.99", "199.98"],
    ])
    expect(await differencesIn(database.url)).toEqual([])
  },
)

/** Whether a migration waits for the lock of the table. */
async function waitsForHolds(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query(
      `select
         from pg_locks
        where relation = 'holds'::regclass
          and mode = 'AccessExclusiveLock'
          and not granted`,
    )
    return rowCount === 1
  } finally {
    await client.end()
  }
}
