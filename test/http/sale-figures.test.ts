import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { hold, offer, order, pay } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

// oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
async function live(productId: number, more = ""): Promise<any> {
  return (await app.get(`/api/admin/live?product_id=${productId}${more}`)).body
}

async function paid(productId: number, qty: number, event: object = {}): Promise<number> {
  const { hold_id } = await hold(app, productId, qty)
  const { order_id } = await order(app, hold_id)
  expect((await pay(app, { order_id, ...event })).body.outcome).toBe("paid")
  return order_id
}

test("the figures say what became of all holds of a product, and what its paid orders have brought", async () => {
  const [{ id }, other] = [await offer(app, { price_minor: 1_000 }), await offer(app)]
  await paid(other.id, 7)
  await hold(app, id, 1)
  const released = await hold(app, id, 2)
  await app.send("DELETE", `/api/holds/${released.hold_id}`)
  const cancelled = await order(app, (await hold(app, id, 4)).hold_id)
  await app.post(`/api/admin/orders/${cancelled.order_id}/cancel`)
  await paid(id, 8)
  // 500 too much, which goes back by itself and was never revenue.
  await paid(id, 16, { amount_minor: 16_500, currency: "EUR" })
  const partly = await paid(id, 32)
  await app.post(`/api/admin/orders/${partly}/refunds`, { amount_minor: 300, restock_qty: 0 })
  const whole = await paid(id, 1)
  await app.post(`/api/admin/orders/${whole}/refunds`, { amount_minor: null })
  await runSql(
    app.databaseUrl,
    `update payments set disputed_minor = 700 where order_id = ${partly} and allocation = 'order'`,
  )

  expect((await live(id)).figures).toEqual({
    holds: { count: 7, units: 64, complete: true },
    orders: { count: 5, units: 61 },
    paid: { count: 4, units: 57 },
    revenue: [
      { currency: "EUR", paid_orders: 4, gross_minor: 57_000, refunded_minor: 1_300, disputed_minor: 700 },
    ],
    counted_at: expect.stringMatching(/Z$/),
  })
})

test("orders paid in another currency, from before the product's was changed, are told apart", async () => {
  const { id } = await offer(app, { price_minor: 1_000 })
  await paid(id, 2)
  await app.send("PATCH", `/api/admin/products/${id}`, { json: { currency: "CHF" } })
  await hold(app, id, 3)

  const { figures } = await live(id)
  const nothing = { paid_orders: 0, gross_minor: 0, refunded_minor: 0, disputed_minor: 0 }
  expect(figures.revenue).toEqual([
    { ...nothing, currency: "CHF" },
    { ...nothing, currency: "EUR", paid_orders: 1, gross_minor: 2_000 },
  ])
  expect([figures.holds.count, figures.orders.count, figures.paid.count]).toEqual([2, 1, 1])
})

test("a product that nobody has held yet has figures of nothing", async () => {
  const { id } = await offer(app, { currency: "JPY" })
  expect((await live(id)).figures).toMatchObject({
    holds: { count: 0, units: 0, complete: true },
    orders: { count: 0, units: 0 },
    paid: { count: 0, units: 0 },
    revenue: [{ currency: "JPY", paid_orders: 0, gross_minor: 0 }],
  })
})

test("holds from before the time for which ended ones are kept make the number of holds incomplete", async () => {
  const { id } = await offer(app)
  const { hold_id } = await hold(app, id, 1)
  await runSql(
    app.databaseUrl,
    `update holds set created_at = now() - interval '31 days' where id = ${hold_id}`,
  )
  expect((await live(id)).figures.holds).toEqual({ count: 1, units: 1, complete: false })
})

test("a live screen that is opened gets the course that another one has seen, and other answers leave it out", async () => {
  const { id } = await offer(app, { stock: 5 })
  expect(await live(id)).not.toHaveProperty("course")
  await hold(app, id, 2)

  await expect.poll(async () => (await live(id, "&include=course")).course.length, { timeout: 5_000 }).toBe(3)
  const { course } = await live(id, "&include=course")
  expect(course.at(-1)).toEqual({
    at: expect.stringMatching(/Z$/),
    available_stock: 3,
    reserved_stock: 2,
    sold_stock: 0,
    sale_state: "open",
  })
  // The first is taken at the first look, the others with those of all watched sales.
  const [, second, third] = course.map(({ at }: { at: string }) => Date.parse(at))
  expect(third - second).toBeGreaterThan(900)
  expect(await app.get(`/api/admin/live?product_id=${id}&include=figures`)).toBeProblem(
    422,
    "invalid_request",
  )
})
