import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { hold, offer, order, pay, pendingOrder, productNow } from "../support/shop.ts"

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

describe("POST /api/orders", () => {
  test("answers 201 with the order and its Location", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id, 2, { customer_id: "dora" })

    const answer = await app.post("/api/orders", { hold_id })

    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      order_id: expect.any(Number),
      hold_id,
      product_id: id,
      quantity: 2,
      unit_price: "99.99",
      total_price: "199.98",
      total_minor: 19_998,
      currency: "EUR",
      status: "pending_payment",
      payment_attempts: 0,
      late: false,
      restocked_qty: 0,
      expires_at: expect.stringMatching(ISO_TIME),
      paid_at: null,
      created_at: expect.stringMatching(ISO_TIME),
      updated_at: answer.body.created_at,
      customer_id: "dora",
    })
    expect(Date.parse(answer.body.expires_at) - Date.parse(answer.body.created_at)).toBe(300_000)
    expect(answer.headers["location"]).toBe(`/api/orders/${answer.body.order_id}`)
    expect(answer.headers["cache-control"]).toBe("no-store")
    expect(await productNow(app, id)).toMatchObject({ available_stock: 98, reserved_stock: 2, sold_stock: 0 })
  })

  test("is paid at once when it costs nothing, and its units can be restocked", async () => {
    const { id } = await offer(app, { price_minor: 0, stock: 3 })
    const made = await order(app, (await hold(app, id, 3)).hold_id)
    expect(made).toMatchObject({ status: "paid", total_price: "0.00", late: false, paid_at: made.created_at })
    expect(await productNow(app, id)).toMatchObject({ sale_state: "sold_out", sold_stock: 3 })
    const lines = () => app.log.filter((one) => one["order_id"] === made.order_id).map(({ metric }) => metric)
    await expect.poll(lines).toEqual(["order.created", "order.paid"])

    const paying = await app.post(`/api/orders/${made.order_id}/payment-attempts`, {})
    expect(paying).toBeProblem(409, "order_not_pending")
    const restocked = await app.post(`/api/admin/orders/${made.order_id}/refunds`, { restock_qty: 2 })
    expect(restocked).toMatchObject({ status: 201, body: { amount_minor: 0, status: "confirmed" } })
    expect(await productNow(app, id)).toMatchObject({ available_stock: 2, sold_stock: 1 })
    expect((await app.get(`/api/orders/${made.order_id}`)).body.status).toBe("paid")
  })

  // An order fixes its price, with the currency's number of decimals.
  test.each([
    ["EUR", 5, 3, "0.05", "0.15", 15],
    ["JPY", 500, 2, "500", "1000", 1_000],
    ["KWD", 1_500, 3, "1.500", "4.500", 4_500],
    ["USD", 0, 1, "0.00", "0.00", 0],
    ["USD", 9_000_000_000, 1_000_000, "90000000.00", "90000000000000.00", 9_000_000_000_000_000],
  ])("%s %i × %i", async (currency, price_minor, qty, unit_price, total_price, total_minor) => {
    const { id } = await offer(app, { currency, price_minor, stock: qty })
    const made = await order(app, (await hold(app, id, qty)).hold_id)
    await app.send("PATCH", `/api/admin/products/${id}`, { json: { price_minor: 1, currency: "GBP" } })

    const { body } = await app.get(`/api/orders/${made.order_id}`)

    expect(body).toMatchObject({ unit_price, total_price, total_minor, currency })
    expect(body).toEqual(made)
  })

  test("makes one order from a hold: a second request gets 409 with the order's id", async () => {
    const { hold_id, order_id } = await pendingOrder(app)

    expect(await app.post("/api/orders", { hold_id })).toBeProblem(409, "hold_already_used", { order_id })
  })

  test("20 concurrent requests for one hold make one order (I3)", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id)

    const answers = await Promise.all(Array.from({ length: 20 }, () => app.post("/api/orders", { hold_id })))

    const made = answers.filter((answer) => answer.status === 201)
    expect(made).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(answer).toBeProblem(409, "hold_already_used", { order_id: made[0]?.body.order_id })
    }
  })

  test("answers 404 for a hold that does not exist", async () => {
    expect(await app.post("/api/orders", { hold_id: 4_000_000 })).toBeProblem(404, "hold_not_found")
  })
})

describe("POST /api/orders/{hold_id}/{product_id}", () => {
  test("answers in the shape of seed 004", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id, 3)

    const answer = await app.post(`/api/orders/${hold_id}/${id}`)

    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      message: "order created successfully",
      success: true,
      order: {
        id: expect.any(Number),
        hold_id,
        product_id: id,
        quantity: 3,
        unit_price: "99.99",
        total_price: "299.97",
        total_minor: 29_997,
        currency: "EUR",
        status: "pending_payment",
        payment_attempts: 0,
        late: false,
        restocked_qty: 0,
        expires_at: expect.stringMatching(ISO_TIME),
        paid_at: null,
        created_at: expect.stringMatching(ISO_TIME),
        updated_at: expect.stringMatching(ISO_TIME),
        customer_id: null,
      },
    })
    expect(answer.headers["location"]).toBe(`/api/orders/${answer.body.order.id}`)
  })

  test("answers 404 for a hold of another product, and does not change the hold", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id)

    expect(await app.post(`/api/orders/${hold_id}/1`)).toBeProblem(404, "hold_not_found")
    expect((await app.get(`/api/holds/${hold_id}`)).body.status).toBe("active")
  })
})

describe("GET /api/orders/{id}", () => {
  test("shows the order as it was created, and its later states", async () => {
    const made = await pendingOrder(app)

    const pending = await app.get(`/api/orders/${made.order_id}`)
    await pay(app, { order_id: made.order_id })
    const paid = await app.get(`/api/orders/${made.order_id}`)

    expect([pending.status, pending.body]).toEqual([200, made])
    expect(pending.headers["cache-control"]).toBe("no-store")
    expect(paid.body).toEqual({
      ...made,
      status: "paid",
      paid_at: expect.stringMatching(ISO_TIME),
      updated_at: paid.body.paid_at,
    })
  })

  test("answers 404 for one that does not exist", async () => {
    expect(await app.get("/api/orders/4000000")).toBeProblem(404, "order_not_found")
  })
})

describe("POST /api/orders/{id}/cancel", () => {
  test("cancels the order and returns its units once, even if it is repeated", async () => {
    const made = await pendingOrder(app, 2, { stock: 2 })

    const first = await app.post(`/api/orders/${made.order_id}/cancel`)
    const again = await app.post(`/api/orders/${made.order_id}/cancel`)

    expect(first.status).toBe(200)
    expect(first.body).toEqual({
      ...made,
      status: "cancelled",
      updated_at: expect.stringMatching(ISO_TIME),
    })
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(await productNow(app, made.product_id)).toMatchObject({ available_stock: 2, reserved_stock: 0 })
  })

  test("accepts an empty body with or without a content type", async () => {
    const { order_id } = await pendingOrder(app)
    const headers = { "content-type": "application/json" }

    expect((await app.send("POST", `/api/orders/${order_id}/cancel`, { headers })).status).toBe(200)
  })

  test("answers 409 order_not_pending for a paid order, which stays paid", async () => {
    const { order_id } = await pendingOrder(app)
    await pay(app, { order_id })

    expect(await app.post(`/api/orders/${order_id}/cancel`)).toBeProblem(409, "order_not_pending")
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
  })

  test("answers 404 for one that does not exist", async () => {
    expect(await app.post("/api/orders/4000000/cancel")).toBeProblem(404, "order_not_found")
  })
})

describe("POST /api/orders/{id}/payment-attempts", () => {
  test.each<[string, object | undefined]>([
    ["no body", undefined],
    ["an empty body", {}],
    ["the name of a payment", { provider: "generic", payment_id: "pay_1" }],
  ])("accepts %s", async (_what, json) => {
    const { order_id } = await pendingOrder(app)

    const answer = await app.send("POST", `/api/orders/${order_id}/payment-attempts`, json && { json })

    expect(answer).toMatchObject({ status: 200, body: { order_id, payment_attempts: 1 } })
  })

  test("answers 422 for a provider without a payment, and the reverse", async () => {
    const { order_id } = await pendingOrder(app)
    const half = { provider: "generic" }

    expect(await app.post(`/api/orders/${order_id}/payment-attempts`, half)).toBeProblem(
      422,
      "invalid_request",
    )
  })
})

describe("an order that was not paid in time (I6)", () => {
  test("is shown as expired, cannot be cancelled, and its unit can be held again at once", async () => {
    await using served = await startTestApp({ config: { paymentTtlSeconds: 1 } })
    const { order_id, product_id } = await pendingOrder(served, 1, { stock: 1 })
    await expect
      .poll(async () => (await served.get(`/api/orders/${order_id}`)).body.status, {
        interval: 25,
        timeout: 10_000,
      })
      .toBe("expired")

    expect(await served.post(`/api/orders/${order_id}/cancel`)).toBeProblem(410, "order_expired")
    await hold(served, product_id)

    const late = await pay(served, { order_id })
    expect(late.body).toMatchObject({ outcome: "refund_due", status: "expired" })
    expect(await differencesIn(served.databaseUrl)).toEqual([])
  })
})

test("after all these tests every unit is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
