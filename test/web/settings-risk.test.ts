import { expect, test } from "vitest"
import type { ProductChangesBody } from "../../client/src/admin.ts"
import type { SaleState } from "../../client/src/index.ts"
import { riskOf } from "../../web/admin/settings-risk.ts"
import { lamp } from "./product.ts"

// The state of a sale, what is to be saved, and what is asked before.
test.each<[SaleState, ProductChangesBody, string | null]>([
  ["open", { closes_at: "2026-11-27T12:00:00.000Z" }, "End the sale of Lamp by saving?"],
  ["paused", { closes_at: "2026-11-26T12:00:00.000Z" }, "End the sale of Lamp by saving?"],
  ["open", { closes_at: "2026-11-27T12:00:01.000Z" }, null],
  ["open", { closes_at: null }, null],
  ["all_held", { opens_at: "2026-11-27T12:00:01.000Z" }, "Stop the sale of Lamp until it opens again?"],
  ["open", { opens_at: "2026-11-27T11:00:00.000Z" }, null],
  ["open", { price_minor: 1 }, "Sell Lamp at €0.01 from now on?"],
  ["open", { currency: "USD" }, "Sell Lamp at $129.00 from now on?"],
  ["open", { name: "Lamp No. 4", max_per_hold: null }, null],
  ["scheduled", { closes_at: "2026-11-26T12:00:00.000Z", price_minor: 1 }, null],
  ["closed", { closes_at: "2026-11-26T12:00:00.000Z", price_minor: 1 }, null],
])("while it is %s, saving %j asks: %s", (sale_state, changes, title) => {
  expect(riskOf({ ...lamp, sale_state }, changes)?.title ?? null).toBe(title)
})

test("all that saving does to a sale is said at once", () => {
  const risk = riskOf(lamp, { closes_at: lamp.server_time, price_minor: 1 })
  expect(risk?.action).toBe("End the sale")
  expect(risk?.consequences).toEqual([
    expect.stringContaining("Buyers read at once that the sale is over"),
    expect.stringContaining("The sale is on, at €129.00."),
  ])
})
