import { expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { runSql } from "../support/rows.ts"
import { startClosedApp } from "../support/shop.ts"

// A migration changes the type of a column while servers of the previous version are running.

/** Sells a unit as a buyer in closed mode does: the token names the product, so the order needs no look-up. */
async function sellOne(app: TestApp): Promise<readonly number[]> {
  const hold = await app.post("/api/holds", { product_id: 1, qty: 1 })
  const { hold_id, token } = hold.body
  const heldNow = await app.get(`/api/holds/${hold_id}`, { token })
  const order = await app.post("/api/orders", { hold_id }, { token })
  const orderNow = await app.get(`/api/orders/${order.body.order_id}`, { token })
  return [hold.status, heldNow.status, order.status, orderNow.status]
}

test.each([
  ["holds", "qty"],
  ["orders", "quantity"],
  ["products", "held"],
])(
  "a column of %s changes its type while a server runs: sales continue, and reads do after one 503",
  async (table, column) => {
    await using app = await startClosedApp()
    // Afterwards all connections of the pools have prepared their statements.
    const before = await Promise.all(Array.from({ length: 10 }, () => sellOne(app)))

    await runSql(app.databaseUrl, `alter table ${table} alter column ${column} type bigint`)
    const after: (readonly number[])[] = []
    for (let sale = 0; sale < 10; sale += 1) after.push(await sellOne(app))

    expect(before).toEqual(before.map(() => [201, 200, 201, 200]))
    // A lane retries by itself; a failed read is retried by the client.
    expect(after.map(([hold]) => hold)).toEqual(after.map(() => 201))
    expect(after.map(([, , order]) => order)).toEqual(after.map(() => 201))
    expect(after.flat().filter((status) => status === 503).length).toBeLessThanOrEqual(1)
    expect(after.slice(1)).toEqual(after.slice(1).map(() => [201, 200, 201, 200]))
    expect(app.log.filter(({ msg }) => msg === "Fault.")).toEqual([])
  },
)
