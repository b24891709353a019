import { expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { runSql } from "../support/rows.ts"
import { ADMIN_TOKEN, startClosedApp } from "../support/shop.ts"

// A migration changes the type of a column while servers of the previous version are running.

/** Sells a unit. A buyer's token names the product; a hold that the shop names by its id alone is looked up first. */
async function sellOne(app: TestApp, as: "buyer" | "shop"): Promise<readonly number[]> {
  const hold = await app.post("/api/holds", { product_id: 1, qty: 1 })
  const { hold_id } = hold.body
  const token = as === "buyer" ? hold.body.token : ADMIN_TOKEN
  const heldNow = await app.get(`/api/holds/${hold_id}`, { token })
  const order = await app.post("/api/orders", { hold_id }, { token })
  const orderNow = await app.get(`/api/orders/${order.body.order_id}`, { token })
  return [hold, heldNow, order, orderNow].map(({ status }) => status)
}

const callers = ["buyer", "shop"] as const
const sellToBoth = (app: TestApp) => Promise.all(callers.map((caller) => sellOne(app, caller)))

test.each([
  ["holds", "qty"],
  ["orders", "quantity"],
  ["products", "held"],
])(
  "a column of %s changes its type while a server runs, and every request succeeds",
  async (table, column) => {
    await using app = await startClosedApp()
    // Afterwards all connections of the pools have prepared their statements.
    const before = await Promise.all(Array.from({ length: 10 }, () => sellToBoth(app)))

    await runSql(app.databaseUrl, `alter table ${table} alter column ${column} type bigint`)
    const together = await Promise.all(Array.from({ length: 4 }, () => sellToBoth(app)))
    const alone = await sellToBoth(app)

    const answers = [...before.flat(), ...together.flat(), ...alone]
    expect(answers).toEqual(answers.map(() => [201, 200, 201, 200]))
    expect(app.log.filter(({ msg }) => msg === "Fault.")).toEqual([])
  },
)
