import { expect, test } from "vitest"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { checkOutLastVersion, findLastVersion, LAST_VERSION } from "../support/last-version.ts"
import { runSql } from "../support/rows.ts"
import { startServerProcess } from "../support/server-process.ts"

// Servers of the last version know no phases and no claims (0028_claims.sql).

const { isSkipped, lastVersion } = await findLastVersion()

test.skipIf(isSkipped)(
  "a server of the last version sells nothing of a product with phases, and gives no unit back without its code",
  { timeout: 120_000 },
  async () => {
    expect(lastVersion, `this clone has a history without ${LAST_VERSION}`).toBe("present")
    await using database = await createTestDatabase()
    await runSql(database.url, "drop schema public cascade", "create schema public")
    const environment = { DATABASE_URL: database.url, LOG_LEVEL: "info" }
    await using last = await checkOutLastVersion()
    await using older = await startServerProcess(environment, ["serve"], last.launcher)
    // A customer who holds all that the limit allows, from before the upgrade.
    const lamp = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 30, max_per_customer: 2 }
    const { body: product } = await older.post("/api/admin/products", lamp)
    const ann = { product_id: product.id, customer_id: "ann" }
    expect((await older.post("/api/holds", { ...ann, qty: 2 })).status).toBe(201)

    await using newer = await startServerProcess(environment)
    const path = `/api/admin/products/${product.id}`
    expect((await newer.post("/api/holds", { ...ann, qty: 1 })).body.code).toBe("customer_limit_reached")
    const { body: made } = await newer.post(`${path}/codes`, { set: "press", count: 1, units: 2 })
    await newer.send("PATCH", path, { json: { phases: [{ needs: { codes: "press" } }] } })
    const withCode = { product_id: product.id, qty: 1, customer_id: "ben", access_code: made.codes[0] }
    const { body: hold } = await newer.post("/api/holds", withCode)
    const { body: other } = await newer.post("/api/holds", withCode)
    const { body: order } = await newer.post("/api/orders", { hold_id: other.hold_id })
    expect((await newer.post("/api/holds", { ...ann, qty: 1, access_code: made.codes[0] })).body.code).toBe(
      "customer_limit_reached",
    )

    const used = async () =>
      (await newer.post(`${path}/codes/find`, { access_code: made.codes[0] })).body.units_used
    const tries = [
      await older.post("/api/holds", { product_id: product.id, qty: 1, customer_id: "cleo" }),
      await older.send("DELETE", `/api/holds/${hold.hold_id}`),
      await older.post("/api/orders", { hold_id: hold.hold_id }),
      await older.post(`/api/orders/${order.order_id}/cancel`),
    ]
    expect(tries.map(({ status }) => status)).toEqual([409, 500, 500, 500])
    expect(tries[0]?.body.code).toBe("sale_paused")
    expect(await used()).toBe(2)

    // Not after the phases are gone, either: what was held with the code still counts for it.
    await newer.send("PATCH", path, { json: { phases: null } })
    expect((await older.send("DELETE", `/api/holds/${hold.hold_id}`)).status).toBe(500)
    expect((await newer.send("DELETE", `/api/holds/${hold.hold_id}`)).status).toBe(200)
    expect((await newer.post(`/api/orders/${order.order_id}/cancel`)).status).toBe(200)
    expect(await used()).toBe(0)
    expect(await differencesIn(database.url)).toEqual([])
  },
)
