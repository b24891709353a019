import { expect, test } from "vitest"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { checkOutLastVersion, findLastVersion, LAST_VERSION } from "../support/last-version.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"
import { startServerProcess } from "../support/server-process.ts"

const { isSkipped, lastVersion } = await findLastVersion()

const LIMIT = 3
const CUSTOMERS = Array.from({ length: 12 }, (_, number) => `customer-${number}`)

test.skipIf(isSkipped)(
  "while servers of both versions sell under load, each customer's limit holds, from before the upgrade to after it",
  { timeout: 240_000 },
  async () => {
    expect(lastVersion, `this clone has a history without ${LAST_VERSION}`).toBe("present")
    await using database = await createTestDatabase()
    await runSql(database.url, "drop schema public cascade", "create schema public")
    const environment = { DATABASE_URL: database.url, RATE_LIMIT_PER_MINUTE: "0" }
    await using last = await checkOutLastVersion()
    await using older = await startServerProcess(environment, ["serve"], last.launcher)
    const lamp = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 500, max_per_customer: LIMIT }
    const { id } = (await older.post("/api/admin/products", lamp)).body
    const holdAt = (at: typeof older, customer_id: string) =>
      at.post("/api/holds", { product_id: id, qty: 1, customer_id })
    // The first customer holds one unit, the second two, and so on, all before the upgrade.
    for (const [number, customer] of CUSTOMERS.entries()) {
      for (let unit = 0; unit < number % (LIMIT + 1); unit += 1) {
        expect((await holdAt(older, customer)).status).toBe(201)
      }
    }

    await using newer = await startServerProcess(environment)
    const both = [older, newer] as const
    const statuses = new Set<number>()
    /** Holds until the limit refuses, at both servers in turn; gives one unit back at the other one, and orders and pays another. */
    async function shop(customer: string, at: number): Promise<void> {
      const [one, other] = at % 2 === 0 ? both : ([newer, older] as const)
      for (let round = 0; round < 2; round += 1) {
        const answers = await Promise.all(
          [one, other, one, other, one].map((server) => holdAt(server, customer)),
        )
        for (const { status } of answers) statuses.add(status)
        const [first, second] = answers.filter(({ status }) => status === 201).map(({ body }) => body)
        if (first !== undefined) await other.send("DELETE", `/api/holds/${first.hold_id}`)
        if (second === undefined) continue
        const { body: order } = await one.post("/api/orders", { hold_id: second.hold_id })
        const payment = {
          idempotency_key: `${customer}-${at}-${round}`,
          order_id: order.order_id,
          status: "success",
        }
        await other.post("/api/payments/webhook", payment)
      }
    }
    // Two browsers of each customer.
    await Promise.all([0, 1].flatMap((browser) => CUSTOMERS.map((customer) => shop(customer, browser))))
    // Whatever was given back can be held again, and no more.
    const filled = await Promise.all(
      CUSTOMERS.flatMap((customer) => [0, 1, 2, 3, 4, 5].map((n) => holdAt(both[n % 2] ?? newer, customer))),
    )

    for (const { status } of filled) statuses.add(status)
    expect([...statuses].sort((a, b) => a - b)).toEqual([201, 409])
    await using rows = openScopedDatabase(database.url)
    const { rows: owned } = await rows.views.query<{ customer: string; units: number }>(
      `select holds.customer_id as customer, sum(qty)::int as units
         from holds left join orders on orders.hold_id = holds.id
        where holds.customer_id is not null
          and (holds.status = 'active' or orders.status in ('pending', 'paid'))
        group by holds.customer_id`,
    )
    expect(new Map(owned.map(({ customer, units }) => [customer, units]))).toEqual(
      new Map(CUSTOMERS.map((customer) => [customer, LIMIT])),
    )
    expect(await differencesIn(database.url)).toEqual([])
  },
)
