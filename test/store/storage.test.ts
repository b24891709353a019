import { expect, test } from "vitest"
import { createTestDatabase } from "../support/database.ts"
import { openScopedDatabase } from "../support/rows.ts"

const changing = [
  "holds",
  "idempotency_keys",
  "orders",
  "outbox",
  "payment_events",
  "payment_messages",
  "product_customers",
  "webhook_deliveries",
]
/** Payments are never removed, and few are updated. */
const growing = [...changing, "payments"]

async function storageOf(url: string): Promise<Record<string, Record<string, string>>> {
  await using database = openScopedDatabase(url)
  const { rows } = await database.views.query<{ table: string; settings: Record<string, string> }>(`
    select relname as table, jsonb_object_agg(option_name, option_value) as settings
      from pg_class, pg_options_to_table(reloptions)
     where relkind = 'r'
       and relnamespace = 'public'::regnamespace
     group by relname`)
  return Object.fromEntries(rows.map(({ table, settings }) => [table, settings]))
}

test("tables with frequent updates keep free space in their pages, and autovacuum does not pause in them", async () => {
  await using own = await createTestDatabase()
  const { products, id_blocks: idBlocks, product_customers: customers } = await storageOf(own.url)

  const promptly = {
    autovacuum_vacuum_scale_factor: "0",
    autovacuum_vacuum_threshold: "1000",
    autovacuum_vacuum_cost_delay: "0",
  }
  expect(products).toMatchObject({ ...promptly, fillfactor: "70" })
  expect(idBlocks).toMatchObject(promptly)
  expect(customers).toMatchObject({ fillfactor: "50" })
})

test("the threshold of autovacuum does not grow with any table", async () => {
  await using own = await createTestDatabase()
  const storage = await storageOf(own.url)

  for (const table of growing) {
    expect(storage).toHaveProperty([table, "autovacuum_vacuum_insert_scale_factor"], "0")
    expect(storage).toHaveProperty([table, "autovacuum_vacuum_insert_threshold"], "500000")
  }
  for (const table of changing) {
    expect(storage).toHaveProperty([table, "autovacuum_vacuum_scale_factor"], "0")
  }
})
