import { expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { runSql } from "../support/rows.ts"

// A migration changes the type of a column while servers of the version before are running.

async function sellOne(app: TestApp): Promise<readonly number[]> {
  const hold = await app.post("/api/holds", { product_id: 1, qty: 1 })
  const looked = await app.get(`/api/holds/${hold.body.hold_id}`)
  const order = await app.post("/api/orders", { hold_id: hold.body.hold_id })
  const read = await app.get(`/api/orders/${order.body.order_id}`)
  return [hold.status, looked.status, order.status, read.status]
}

test.each([
  ["holds", "qty"],
  ["orders", "quantity"],
  ["products", "held"],
])(
  "a column of %s changes its type under a running server: sales go on, reads after one 503",
  async (table, column) => {
    await using app = await startTestApp()
    // All connections of the pools have prepared their statements.
    const before = await Promise.all(Array.from({ length: 10 }, () => sellOne(app)))

    await runSql(app.databaseUrl, `alter table ${table} alter column ${column} type bigint`)
    const after: (readonly number[])[] = []
    for (let sale = 0; sale < 10; sale += 1) after.push(await sellOne(app))

    expect(before).toEqual(before.map(() => [201, 200, 201, 200]))
    // A lane tries again by itself; a read is tried again by who asked.
    expect(after.map(([hold]) => hold)).toEqual(after.map(() => 201))
    expect(after.map(([, , order]) => order)).toEqual(after.map(() => 201))
    expect(after.flat().filter((status) => status === 503).length).toBeLessThanOrEqual(1)
    expect(after.slice(1)).toEqual(after.slice(1).map(() => [201, 200, 201, 200]))
    expect(app.log.filter(({ msg }) => msg === "Fault.")).toEqual([])
  },
)
