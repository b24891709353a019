import { expect, test } from "vitest"
import { startTestApp } from "./support/app.ts"
import { differencesIn } from "./support/database.ts"

test("a unit is held, ordered and paid", async () => {
  await using app = await startTestApp()
  const { body: hold } = await app.post("/api/holds", { product_id: 1, qty: 2 })
  const { body: order } = await app.post("/api/orders", { hold_id: hold.hold_id })
  const { body: paid } = await app.post("/api/payments/webhook", {
    idempotency_key: "key-1",
    order_id: order.order_id,
    status: "success",
  })
  expect(paid).toEqual({
    message: "ok",
    processed: true,
    duplicate: false,
    order_id: 1,
    status: "paid",
    outcome: "paid",
  })
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
