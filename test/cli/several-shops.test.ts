import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { withSchema } from "../../src/base/database-url.ts"
import { openConnection } from "../../src/store/connection.ts"
import { migrate } from "../../src/store/upkeep/migrate.ts"
import { runCommand } from "../support/command-line.ts"
import {
  createTestDatabase,
  createTestEngine,
  differencesIn,
  onServer,
  type TestDatabase,
} from "../support/database.ts"
import { insertRow, openScopedDatabase } from "../support/rows.ts"
import { startServerProcess } from "../support/server-process.ts"

// Two shops in two schemas of one database, and a third in `public`.

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const shop = (schema: string) => ({ DATABASE_URL: database.url, DATABASE_SCHEMA: schema })

async function rowsOf(schema: string, text: string): Promise<unknown[]> {
  await using scoped = openScopedDatabase(withSchema(database.url, schema))
  return (await scoped.views.query(text)).rows
}

describe("two shops in two schemas of one database", () => {
  test("sell side by side, and neither sells the other's units", { timeout: 120_000 }, async () => {
    const started = await Promise.all([startServerProcess(shop("left")), startServerProcess(shop("right"))])
    await using left = started[0]
    await using right = started[1]
    const sell = async (server: typeof left, stock: number) => {
      const added = { name: "Lamp", stock, price_minor: 100, currency: "EUR" }
      const { body: product } = await server.post("/api/admin/products", added)
      const buy = async () => {
        const { status, body: hold } = await server.post("/api/holds", { product_id: product.id, qty: 1 })
        if (status !== 201) return status
        const { body: order } = await server.post("/api/orders", { hold_id: hold.hold_id })
        const paid = { idempotency_key: `key-${order.order_id}`, order_id: order.order_id, status: "success" }
        return (await server.post("/api/payments/webhook", paid)).status
      }
      const statuses = await Promise.all(Array.from({ length: 60 }, buy))
      return { product: product.id, paid: statuses.filter((status) => status === 200).length }
    }

    const sold = await Promise.all([sell(left, 40), sell(right, 25)])

    // Both count their ids from the beginning: the same numbers are different rows.
    expect(sold).toEqual([
      { product: sold[0].product, paid: 40 },
      { product: sold[0].product, paid: 25 },
    ])
    const count = "select count(*)::int as paid from orders where status = 'paid'"
    expect(await rowsOf("left", count)).toEqual([{ paid: 40 }])
    expect(await rowsOf("right", count)).toEqual([{ paid: 25 }])
    expect(await rowsOf("public", count)).toEqual([{ paid: 0 }])
    for (const schema of ["left", "right"]) {
      expect(await differencesIn(withSchema(database.url, schema))).toEqual([])
    }
  })

  test("are seen one at a time by commands", async () => {
    await migrate(withSchema(database.url, "right"))
    const status = await runCommand(["migrate", "status"], shop("right"))
    const verified = await runCommand(["verify", "--json"], shop("right"))
    const doctor = await runCommand(["doctor", "--json"], shop("right"))
    const nowhere = await runCommand(["verify"], shop("nowhere"))

    expect(status).toMatchObject({ status: 0, stdout: expect.not.stringContaining("missing") })
    expect(JSON.parse(verified.stdout)).toMatchObject({ violations: [] })
    expect(JSON.parse(doctor.stdout).findings).toContainEqual({
      check: "search_path",
      ok: true,
      found: "right",
    })
    expect(nowhere).toMatchObject({ status: 1, stderr: expect.stringMatching(/older than this program/) })
    expect(await rowsOf("public", "select to_regnamespace('nowhere') as made")).toEqual([{ made: null }])
  })

  test("mail links to one address at the same moment", async () => {
    const urls = { left: withSchema(database.url, "left"), right: withSchema(database.url, "right") }
    for (const url of Object.values(urls)) {
      await migrate(url)
      await using scoped = openScopedDatabase(url)
      await insertRow(scoped.batches, "order_details", { email: "both@example.com" })
    }
    await using left = await createTestEngine({}, urls.left)
    await using right = await createTestEngine({}, urls.right)
    const gate = await openConnection(urls.left, "tools")
    await gate.query("begin; lock table mails in share mode")
    const waiting = left.mails.queue.askForLinks("both@example.com")
    await expect
      .poll(async () => (await gate.query("select 1 from pg_locks where locktype = 'advisory'")).rowCount)
      .toBe(1)

    await right.mails.queue.askForLinks("both@example.com")
    await gate.query("commit")
    await gate.end()
    await waiting

    const count = "select count(*)::int as mails from mails where kind = 'links'"
    expect(await rowsOf("left", count)).toEqual([{ mails: 1 }])
    expect(await rowsOf("right", count)).toEqual([{ mails: 1 }])
  })
})

test("a schema whose name PostgreSQL writes in quotes is made and found", async () => {
  expect(await runCommand(["migrate"], shop("user"))).toMatchObject({ status: 0 })
  expect(await rowsOf("user", "select count(*)::int as products from products")).toEqual([{ products: 0 }])
})

test("a role that may not make the schema is told so in one line", async () => {
  await onServer(`create role poor_${process.pid} login password 'secret'`)
  const url = new URL(database.url)
  url.username = `poor_${process.pid}`
  url.password = "secret"

  const { status, stderr } = await runCommand(["migrate"], {
    DATABASE_URL: url.href,
    DATABASE_SCHEMA: "unmade",
  })
  await onServer(`drop role poor_${process.pid}`)

  expect(status).toBe(1)
  expect(stderr).toMatch(/^The database role may not do this: permission denied for database .*\n$/)
})
