import pg from "pg"
import { expect, test } from "vitest"
import type { Needs } from "../../src/domain/needs.ts"
import { loadWorkingSet } from "../../src/store/load.ts"
import { begin } from "../../src/store/tx.ts"
import { createTestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"

const everything: Needs = {
  units: 100,
  dueLimit: 100,
  holdIds: [1, 2],
  orderIds: [1],
  orderHoldIds: [2],
  newOrderIds: [7],
  unitsByCustomer: new Map([["anna", 1]]),
  events: [{ provider: "generic", key: "a key" }],
  idempotency: [{ scope: "a scope", key: "a key" }],
}

// A batch runs under the product's lock, so nothing in it may read a table whole, however large.
test("every statement that loads a batch goes through an index", async () => {
  await using engine = await createTestEngine()
  const productId = await newProduct(engine, { stock: 10 })
  const client = new pg.Client({ connectionString: engine.url })
  await client.connect()
  await client.query("set enable_seqscan = off; set plan_cache_mode = force_generic_plan")
  const { tx } = begin(client)
  const seen: { name: string; text: string; values: unknown[] }[] = []
  const watched = new Proxy(tx, {
    get(target, property) {
      if (property !== "query") return Reflect.get(target, property)
      return (statement: { name: string; text: string; values: unknown[] }) => {
        seen.push(statement)
        return target.query(statement)
      }
    },
  })
  await loadWorkingSet(watched, {
    productId,
    needs: everything,
    rules: { holdTtlSeconds: 1, paymentTtlSeconds: 1 },
  })

  const scans: string[] = []
  for (const { name, text, values } of seen) {
    const { rows } = await tx.query<Record<string, string>>({ text: `explain ${text}`, values })
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n")
    // An index that is read from end to end has no condition.
    const reads = plan.match(/(?:Index Scan|Index Only Scan|Bitmap Index Scan) /g)?.length ?? 0
    const conditions = plan.match(/Index Cond:/g)?.length ?? 0
    if (/Seq Scan/.test(plan) || reads > conditions) scans.push(`${name}\n${plan}`)
  }
  await client.end()

  expect(seen.map((statement) => statement.name).sort()).toEqual([
    "load-customers",
    "load-due-holds",
    "load-due-orders",
    "load-events",
    "load-holds",
    "load-idempotency",
    "load-next-deadline",
    "load-orders",
    "load-payments",
    "lock-product",
  ])
  expect(scans).toEqual([])
})
