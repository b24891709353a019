import { expect, test } from "vitest"
import { createInbox } from "../../src/store/reads/inbox.ts"
import { createTestDatabase } from "../support/database.ts"
import { insertRow, openScopedDatabase, type Row } from "../support/rows.ts"

test("the worker finds each parked event that waits for an order which now exists, and no other", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await insertRow(database.views, "orders", { id: 11, hold_id: 1 })

  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const parked: Row = { outcome: "parked", applied_order_id: null, applied_at: null, order_status: null }
  const events: Record<string, Row> = {
    "for the order": { received_at: minutesAgo(1) },
    "for the order and its hold": { received_at: minutesAgo(59), hold_id: 1 },
    "for another hold, whose buyer's shop made up the order's id": { hold_id: 2 },
    "for an order that is not there": { order_id: 12 },
    "sent back by hand": { returned_at: minutesAgo(1) },
    "older than an hour": { received_at: minutesAgo(61) },
    "has acted": { outcome: "paid", applied_order_id: 11, applied_at: minutesAgo(1), order_status: "paid" },
  }
  for (const [key, row] of Object.entries(events)) {
    await insertRow(database.views, "payment_events", { ...parked, received_at: minutesAgo(1), key, ...row })
  }

  const inbox = createInbox(database.views)
  const keys = async (limit: number) => (await inbox.parkedWithOrder(limit)).map((event) => event.key)
  expect(await keys(10)).toEqual(["for the order and its hold", "for the order"])
  expect(await keys(1)).toEqual(["for the order and its hold"])
})
