import { expect, test } from "vitest"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { checkOutLastVersion, findLastVersion, LAST_VERSION } from "../support/last-version.ts"
import { startServerProcess } from "../support/server-process.ts"
import { runSql } from "../support/rows.ts"

// Servers of the last version know no status of products (0019_publication.sql).

const { isSkipped, lastVersion } = await findLastVersion()

test.skipIf(isSkipped)(
  "a server of the last version sells no unit of a draft, and what it changes of it keeps its status",
  { timeout: 120_000 },
  async () => {
    expect(lastVersion, `this clone has a history without ${LAST_VERSION}`).toBe("present")
    await using database = await createTestDatabase()
    await runSql(database.url, "drop schema public cascade", "create schema public")
    const environment = { DATABASE_URL: database.url, LOG_LEVEL: "info" }
    await using last = await checkOutLastVersion()
    await using older = await startServerProcess(environment, ["serve"], last.launcher)
    await using newer = await startServerProcess(environment)
    const lamp = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 3 }
    const { body: draft } = await newer.post("/api/admin/products", { ...lamp, status: "draft" })
    const path = `/api/admin/products/${draft.id}`

    expect(await older.post("/api/holds", { product_id: draft.id, qty: 1 })).toMatchObject({
      status: 409,
      body: { code: "sale_paused" },
    })
    expect((await older.send("PATCH", path, { json: { name: "Big lamp" } })).status).toBe(200)
    // It would take the pause for its own, and put the draft on sale.
    expect((await older.post(`${path}/resume`)).status).toBe(500)

    expect((await newer.get(`/api/products/${draft.id}`)).body).toMatchObject({
      name: "Big lamp",
      status: "draft",
      sale_state: "open",
    })
    const { body: listed } = await newer.send("PATCH", path, { json: { status: "listed" } })
    expect(listed).toMatchObject({ sale_state: "open" })
    expect((await older.post("/api/holds", { product_id: draft.id, qty: 1 })).status).toBe(201)
    const { body: made } = await older.post("/api/admin/products", lamp)
    expect((await newer.get(`/api/products/${made.id}`)).body).not.toHaveProperty("status")
    expect(await differencesIn(database.url)).toEqual([])
  },
)
