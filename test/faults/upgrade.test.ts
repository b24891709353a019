import { expect, test } from "vitest"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import type { TestClient } from "../support/http.ts"
import { checkOutLastVersion, findLastVersion, LAST_VERSION } from "../support/last-version.ts"
import { runSql } from "../support/rows.ts"
import { startServerProcess } from "../support/server-process.ts"

const { isSkipped, lastVersion } = await findLastVersion()

/** Holds, orders and pays units at the servers in turn; returns every status and id. */
async function buy(servers: readonly TestClient[], turns: number) {
  const statuses: number[] = []
  const holds: number[] = []
  const orders: number[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    // Each step goes to another server, so that each version reads the other one's rows.
    const at = (step: number) => {
      const server = servers[(turn + step) % servers.length]
      if (server === undefined) throw new Error("there is no server")
      return server
    }
    const hold = await at(0).post("/api/holds", { product_id: 1, qty: 1 })
    const order = await at(1).post("/api/orders", { hold_id: hold.body.hold_id })
    const cancelled =
      turn % 3 === 0 ? await at(0).post(`/api/orders/${order.body.order_id}/cancel`, {}) : null
    holds.push(hold.body.hold_id)
    orders.push(order.body.order_id)
    statuses.push(hold.status, order.status, ...(cancelled === null ? [] : [cancelled.status]))
  }
  return { statuses, holds, orders }
}

test.skipIf(isSkipped)(
  "a server of the last version keeps selling beside this version and its schema",
  { timeout: 120_000 },
  async () => {
    expect(lastVersion, `this clone has a history without ${LAST_VERSION}`).toBe("present")
    await using database = await createTestDatabase()
    await runSql(database.url, "drop schema public cascade", "create schema public")
    const environment = { DATABASE_URL: database.url, LOG_LEVEL: "info" }
    await using last = await checkOutLastVersion()

    await using older = await startServerProcess(environment, ["serve"], last.launcher)
    const alone = await buy([older], 5)
    // The start of the newer server migrates the schema while the older one sells.
    const selling = Promise.all(Array.from({ length: 4 }, () => buy([older], 5)))
    await using newer = await startServerProcess(environment)
    const meanwhile = await selling
    const together = await Promise.all(Array.from({ length: 4 }, () => buy([older, newer], 10)))

    const all = [alone, ...meanwhile, ...together]
    expect(new Set(all.flatMap(({ statuses }) => statuses))).toEqual(new Set([200, 201]))
    const holds = all.flatMap((sale) => sale.holds)
    const orders = all.flatMap((sale) => sale.orders)
    expect([new Set(holds).size, new Set(orders).size]).toEqual([holds.length, orders.length])
    expect(Math.max(...holds, ...orders)).toBeLessThan(1_000_000)
    expect((await older.get("/readyz")).status).toBe(200)
    expect((await newer.get("/readyz")).status).toBe(200)
    expect(await differencesIn(database.url)).toEqual([])

    const restarted = await runCommand(
      ["serve"],
      { ...environment, PORT: "0", LOG_LEVEL: "error" },
      30_000,
      undefined,
      last.launcher,
    )
    expect(restarted.status).toBe(1)
    expect(restarted.stderr).toMatch(/^The database belongs to another version of Doorbuster \(.*\)\n$/)
  },
)
