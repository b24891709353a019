import { expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"

/** The requests of the seed documents, sent exactly as printed there. */
const json = { headers: { "content-type": "application/json" } }

test("the calls of seed 002, Manual Testing, in order on fresh data (A2)", async () => {
  await using app = await startTestApp({ worker: true })
  const webhook = '{"idempotency_key":"test-123","order_id":1,"status":"success"}'

  const product = await app.get("/api/products/1")
  const held = await app.post("/api/holds", undefined, { raw: '{"product_id":1,"qty":2}', ...json })
  const ordered = await app.post("/api/orders", undefined, { raw: '{"hold_id":1}', ...json })
  const first = await app.post("/api/payments/webhook", undefined, { raw: webhook, ...json })
  const again = await app.post("/api/payments/webhook", undefined, { raw: webhook, ...json })

  expect(product.status).toBe(200)
  expect(product.body).toMatchObject({
    id: 1,
    name: "Flash Sale Product",
    price: "99.99",
    stock: 100,
    available_stock: 100,
  })
  expect(held.status).toBe(201)
  expect(held.body).toMatchObject({ hold_id: 1, expires_at: expect.any(String) })
  expect(ordered.status).toBe(201)
  expect(ordered.body).toMatchObject({ order_id: 1, product_id: 1, quantity: 2, total_price: "199.98" })
  expect([first.status, first.body]).toEqual([
    200,
    { message: "ok", processed: true, duplicate: false, order_id: 1, status: "paid", outcome: "paid" },
  ])
  expect([again.status, again.body]).toEqual([200, { ...first.body, duplicate: true }])
  expect((await app.get("/api/products/1")).body).toMatchObject({
    stock: 100,
    available_stock: 98,
    sold_stock: 2,
  })
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

test("the out-of-order webhook of seed 002 makes the order of its hold", async () => {
  await using app = await startTestApp()
  await app.post("/api/holds", { product_id: 1, qty: 2 })
  const raw =
    '{"idempotency_key":"unique-key","order_id":999,"status":"success","product_id":1,"quantity":2,"hold_id":1}'

  const early = await app.post("/api/payments/webhook", undefined, { raw, ...json })
  const ordered = await app.post("/api/orders", { hold_id: 1 })

  expect([early.status, early.body.processed, early.body.order_id]).toEqual([200, true, 999])
  expect([ordered.status, ordered.body.order_id, ordered.body.status]).toEqual([200, 999, "paid"])
})

test("the path-style calls of seed 004 have its response format", async () => {
  await using app = await startTestApp()

  const held = await app.post("/api/holds/1/2")
  const ordered = await app.post("/api/orders/1/1")
  const paid = await app.post("/api/payments/webhook", { transaction_id: "t-1", order_id: 1, status: "paid" })

  expect(held.body).toMatchObject({
    message: "Holded Successfully",
    success: true,
    hold: { id: 1, qty: 2, expires_at: expect.any(String) },
  })
  expect(ordered.body).toMatchObject({
    message: "order created successfully",
    success: true,
    order: {
      status: "pending_payment",
      hold_id: 1,
      updated_at: expect.any(String),
      created_at: expect.any(String),
      id: 1,
    },
  })
  expect(paid.body).toMatchObject({ message: "ok" })
})

// Seed 000: exactly the available units are held, and the other requests are refused.
test("30 concurrent buyers of 10 units: 10 succeed, 20 are refused because all are held, 0 are left", async () => {
  await using app = await startTestApp({ seed: false })
  await app.post("/api/admin/products", { name: "Race", price_minor: 1, currency: "EUR", stock: 10 })

  const answers = await Promise.all(Array.from({ length: 30 }, () => app.post("/api/holds/1/1")))

  expect(answers.filter(({ status }) => status === 201)).toHaveLength(10)
  expect(answers.filter(({ body }) => body.sale_state === "all_held")).toHaveLength(20)
  expect((await app.get("/api/products/1")).body.available_stock).toBe(0)
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
