import { expect, test } from "vitest"
import type { ProductChangesBody } from "../../client/src/admin.ts"
import type { SaleState } from "../../client/src/index.ts"
import { riskOf } from "../../web/admin/settings-risk.ts"
import { lamp, variant } from "./product.ts"

// The sale state, the changes to save, and the title of the dialog that asks for confirmation; null: no dialog.
test.each<[SaleState, ProductChangesBody, string | null]>([
  ["open", { closes_at: "2026-11-27T12:00:00.000Z" }, "End the sale of Lamp?"],
  ["paused", { closes_at: "2026-11-26T12:00:00.000Z" }, "End the sale of Lamp?"],
  ["open", { closes_at: "2026-11-27T12:00:01.000Z" }, null],
  ["open", { closes_at: null }, null],
  ["all_held", { opens_at: "2026-11-27T12:00:01.000Z" }, "Stop the sale of Lamp until it opens again?"],
  ["open", { opens_at: "2026-11-27T11:00:00.000Z" }, null],
  ["open", { price_minor: 1 }, "Change the price of Lamp to €0.01?"],
  ["open", { currency: "USD" }, "Change the price of Lamp to $129.00?"],
  ["open", { name: "Lamp No. 4", max_per_hold: null }, null],
  ["scheduled", { closes_at: "2026-11-26T12:00:00.000Z", price_minor: 1 }, null],
  // A cleared opening time, or one in the past, opens a scheduled sale.
  ["scheduled", { opens_at: null }, "Open the sale of Lamp now?"],
  ["scheduled", { opens_at: "2026-11-27T12:00:00.000Z" }, "Open the sale of Lamp now?"],
  ["scheduled", { opens_at: "2026-11-27T12:00:01.000Z" }, null],
  ["scheduled", { opens_at: null, closes_at: "2026-11-26T12:00:00.000Z" }, null],
  // A cleared closing time, or one in the future, reopens a closed sale.
  ["closed", { closes_at: null }, "Reopen the sale of Lamp now?"],
  ["closed", { closes_at: "2026-11-27T12:00:01.000Z" }, "Reopen the sale of Lamp now?"],
  ["closed", { closes_at: null, opens_at: "2026-11-28T12:00:00.000Z" }, null],
  ["closed", { closes_at: "2026-11-26T12:00:00.000Z", price_minor: 1 }, null],
])("while the sale is %s, saving %j asks: %s", (sale_state, changes, title) => {
  expect(riskOf({ ...lamp, sale_state }, changes)?.title ?? null).toBe(title)
})

test.each(["draft", "archived"] as const)(
  "what is %s can be changed at any time without a question",
  (status) => {
    expect(riskOf({ ...lamp, status }, { opens_at: "2026-11-27T12:00:01.000Z", price_minor: 1 })).toBeNull()
  },
)

test("one dialog states all consequences of saving", () => {
  const risk = riskOf(lamp, { closes_at: lamp.server_time, price_minor: 1 })
  expect(risk?.action).toBe("End the sale")
  expect(risk?.consequences).toEqual([
    expect.stringContaining("saving ends the sale at once"),
    expect.stringContaining("The current price is €129.00."),
  ])
})

test.each([
  [
    [variant(1, "41"), variant(2, "42"), variant(3, "43", { price_minor: 13_900, own_price: true })],
    { price_minor: 9_900 },
    ["New holds of these variants cost €99.00: 41, 42.", "These keep their own price: 43 (€139.00)."],
  ],
  [
    [variant(1, "41", { own_price: true })],
    { price_minor: 9_900, currency: "USD" },
    [
      "No variant follows the product's price: each has its own.",
      "These keep their own price: 41 ($129.00).",
    ],
  ],
  [
    Array.from({ length: 14 }, (_, index) => variant(index, String(index))),
    { price_minor: 9_900 },
    ["New holds of these variants cost €99.00: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more."],
  ],
])("a new price says which variants take it and which keep their own (%#)", (variants, changes, texts) => {
  expect(riskOf({ ...lamp, variants }, changes)?.consequences).toEqual([
    "The current price is €129.00. Existing holds and orders keep their price.",
    ...texts,
  ])
})
