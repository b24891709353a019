import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import {
  ADMIN_TOKEN,
  hold,
  offer,
  order,
  pay,
  pendingOrder,
  productNow,
  startClosedApp,
} from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

/** A paid order of two units at 99.99. */
async function paidOrder(settings = {}, payment = {}) {
  const pending = await pendingOrder(app, 2, settings)
  expect((await pay(app, { order_id: pending.order_id, ...payment })).body.outcome).toBe("paid")
  return pending
}

const refundsOf = async (orderId: number) => (await app.get(`/api/admin/orders/${orderId}/refunds`)).body.data

/** Reads all pages of the inbox. */
async function moneyInbox(limit = 100) {
  // oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
  const entries: any[] = []
  for (let cursor: string | null = ""; cursor !== null;) {
    const answer = await app.get(`/api/admin/money?limit=${limit}${cursor === "" ? "" : `&cursor=${cursor}`}`)
    expect(answer.status).toBe(200)
    for (const entry of answer.body.data) entries.push(entry)
    cursor = answer.body.next_cursor
    expect(answer.body.has_more).toBe(cursor !== null)
  }
  return entries
}

describe("a late payment", () => {
  test("pays a cancelled order whose units are still available", async () => {
    const { order_id, product_id } = await pendingOrder(app, 2)
    await app.post(`/api/orders/${order_id}/cancel`)
    const answer = await pay(app, { order_id })
    expect(answer.body).toMatchObject({ outcome: "paid", late: true, status: "paid" })
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject({ status: "paid", late: true })
    expect(await productNow(app, product_id)).toMatchObject({ sold_stock: 2, reserved_stock: 0 })
  })

  test("is refunded when another buyer has the units", async () => {
    const { order_id, product_id } = await pendingOrder(app, 2, { stock: 2 })
    await app.post(`/api/orders/${order_id}/cancel`)
    await hold(app, product_id, 1)
    expect((await pay(app, { order_id, payment_id: "late-1" })).body).toMatchObject({
      outcome: "refund_due",
    })
    expect(await refundsOf(order_id)).toMatchObject([
      {
        refund_id: `${order_id}-1`,
        reason: "units_not_available",
        amount_minor: 19_998,
        amount: "199.98",
        status: "due",
        payment_id: "late-1",
      },
    ])
  })

  test("and a new buyer at the same time: one of them gets the units, and the money is accounted for", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { order_id, product_id } = await pendingOrder(app, 2, { stock: 2 })
      await app.post(`/api/orders/${order_id}/cancel`)
      const [payment, other] = await Promise.all([
        pay(app, { order_id }),
        app.post("/api/holds", { product_id, qty: 1 }),
      ])
      expect([`${payment.body.outcome} ${other.status}`]).toEqual([
        other.status === 201 ? "refund_due 201" : "paid 409",
      ])
      expect(await refundsOf(order_id)).toHaveLength(other.status === 201 ? 1 : 0)
    }
  })

  test("is never accepted with LATE_PAYMENT_SECONDS=0", async () => {
    await using strict = await startTestApp({ config: { latePaymentSeconds: 0 } })
    const product = await offer(strict)
    const { order_id } = await order(strict, (await hold(strict, product.id)).hold_id)
    await strict.post(`/api/orders/${order_id}/cancel`)
    expect((await pay(strict, { order_id })).body.outcome).toBe("refund_due")
    expect((await strict.get(`/api/admin/orders/${order_id}/refunds`)).body.data).toMatchObject([
      { reason: "paid_too_late" },
    ])
  })
})

describe("refunds", () => {
  test("of a part are on the order, in the list and in the CSV", async () => {
    const { order_id, product_id } = await paidOrder()
    expect((await app.get(`/api/orders/${order_id}`)).body).not.toHaveProperty("refunded_minor")

    await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: 4_000, restock_qty: 0 })

    const refunded = { order_id, status: "paid", refunded_minor: 4_000 }
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject(refunded)
    const query = `product_id=${product_id}`
    expect((await app.get(`/api/admin/orders?${query}`)).body.data).toMatchObject([refunded])
    expect((await app.get(`/api/admin/orders?${query}&order=newest`)).body.data).toMatchObject([refunded])
    const { body: csv } = await app.get(`/api/admin/orders.csv?${query}`)
    expect(String(csv).split("\r\n")[1]).toMatch(/,,,40\.00$/)
  })

  test("of a whole order, with its units", async () => {
    const { order_id, product_id } = await paidOrder()
    const answer = await app.post(`/api/admin/orders/${order_id}/refunds`, {
      amount_minor: null,
      restock_qty: 2,
    })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      refund_id: `${order_id}-1`,
      amount: "199.98",
      reason: "requested",
      status: "due",
    })
    expect(await productNow(app, product_id)).toMatchObject({ sold_stock: 0, available_stock: 100 })
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject({
      status: "paid",
      restocked_qty: 2,
      refunded_minor: 19_998,
    })

    const confirmed = await app.post(`/api/admin/refunds/${order_id}-1/confirm`)
    expect(confirmed.body).toMatchObject({ status: "confirmed" })
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("refunded")
    expect((await app.post(`/api/admin/refunds/${order_id}-1/confirm`)).body).toEqual(confirmed.body)
  })

  test("units count towards the customer's limit until they are restocked, even after their money was refunded (I8)", async () => {
    const settings = { max_per_customer: 2, stock: 10 }
    const { id } = await offer(app, settings)
    const wish = { product_id: id, qty: 1, customer_id: "ada" }
    const { hold_id } = await hold(app, id, 2, { customer_id: "ada" })
    const { order_id } = await order(app, hold_id)
    await pay(app, { order_id })
    await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: null })
    await app.post(`/api/admin/refunds/${order_id}-1/confirm`)
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject({
      status: "refunded",
      restocked_qty: 0,
    })

    const refused = await app.post("/api/holds", wish)
    await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: 0, restock_qty: 1 })
    const granted = await app.post("/api/holds", wish)
    const refusedAgain = await app.post("/api/holds", wish)

    expect(refused).toBeProblem(409, "customer_limit_reached", { units_left: 0 })
    expect(granted.status).toBe(201)
    expect(refusedAgain).toBeProblem(409, "customer_limit_reached", { units_left: 0 })
  })

  test.each([
    ["money (I7)", { amount_minor: 9_000 }, "refund_over_payment", 19_998 - 2 * 9_000, 2],
    ["units (I2)", { restock_qty: 1 }, "restock_over_order", 19_998, 0],
  ])(
    "twenty concurrent refunds return no more %s than the order has",
    async (_, body, code, keptMinor, soldStock) => {
      const { order_id, product_id } = await paidOrder()
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => app.post(`/api/admin/orders/${order_id}/refunds`, body)),
      )
      const refused = answers.filter((answer) => answer.status !== 201)
      expect(refused.map((answer) => [answer.status, answer.body.code])).toEqual(
        Array.from({ length: 18 }, () => [409, code]),
      )
      expect(await refundsOf(order_id)).toHaveLength(2)
      expect(await productNow(app, product_id)).toMatchObject({ sold_stock: soldStock })
      const all = await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: null })
      expect(all.body).toMatchObject({ amount_minor: keptMinor })
    },
  )

  test("of an order that its payment made: first the surplus, then the price", async () => {
    const product = await offer(app)
    const { hold_id } = await hold(app, product.id)
    const early = { order_id: 7_000_000_000_000, hold_id, product_id: product.id, quantity: 1 }
    const { body } = await pay(app, { ...early, amount_minor: 10_000, payment_id: "early-1" })
    expect(body).toMatchObject({ outcome: "paid", order_id: early.order_id })
    expect((await pay(app, { ...early, payment_id: "early-2" })).body.outcome).toBe("refund_due")
    const all = await app.post(`/api/admin/orders/${early.order_id}/refunds`, { amount_minor: null })
    expect(all.body).toMatchObject({ refund_id: `${early.order_id}-3`, amount_minor: 9_999 })
    expect((await refundsOf(early.order_id)).map((refund: { reason: string }) => refund.reason)).toEqual([
      "amount_too_high",
      "second_payment",
      "requested",
    ])
  })

  test("the same request with the same Idempotency-Key is one refund", async () => {
    const { order_id } = await paidOrder()
    const send = (amount: number) =>
      app.post(
        `/api/admin/orders/${order_id}/refunds`,
        { amount_minor: amount },
        { headers: { "idempotency-key": "once" } },
      )
    const [first, second] = await Promise.all([send(5), send(5)])
    expect(first.body).toEqual(second.body)
    expect(await refundsOf(order_id)).toHaveLength(1)
    expect((await send(6)).body.code).toBe("idempotency_key_reused")
  })

  test.each([
    [
      "more than the payment",
      { amount_minor: 19_999 },
      409,
      "refund_over_payment",
      { refundable_minor: 19_998 },
    ],
    ["more units than were sold", { restock_qty: 3 }, 409, "restock_over_order", { restockable_qty: 2 }],
    ["nothing", { amount_minor: 0 }, 422, "invalid_request", {}],
    ["an empty body", {}, 422, "invalid_request", {}],
    ["a negative amount", { amount_minor: -1 }, 422, "invalid_request", {}],
    ["a part of a unit", { restock_qty: 0.5 }, 422, "invalid_request", {}],
    ["an unknown field", { amount: 5 }, 422, "invalid_request", {}],
  ])("%s is refused", async (_, body, status, code, members) => {
    const { order_id } = await paidOrder()
    const answer = await app.post(`/api/admin/orders/${order_id}/refunds`, body)
    expect(answer).toMatchObject({ status, body: { code, ...members } })
    expect(answer).toBeProblem(status, code, ...(status === 409 ? [members] : []))
    expect(await refundsOf(order_id)).toEqual([])
  })

  test("of an unpaid order, an unknown order and an invalid id are refused", async () => {
    const { order_id } = await pendingOrder(app)
    expect((await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: 1 })).body.code).toBe(
      "order_not_paid",
    )
    for (const id of ["999999999", "0", "-1", "x", "1e3"]) {
      expect((await app.post(`/api/admin/orders/${id}/refunds`, { amount_minor: 1 })).body.code).toBe(
        "order_not_found",
      )
    }
    for (const id of ["1-0", "1", "x-1", "1-1-1", "1-99999999999", "999999-1"]) {
      expect((await app.post(`/api/admin/refunds/${id}/retry`)).body.code).toBe("refund_not_found")
    }
  })

  test("only the shop can refund", async () => {
    await using closed = await startClosedApp()
    for (const [method, path] of [
      ["POST", "/api/admin/orders/1/refunds"],
      ["GET", "/api/admin/orders/1/refunds"],
      ["GET", "/api/admin/money"],
      ["POST", "/api/admin/refunds/1-1/confirm"],
      ["POST", "/api/admin/money/returned"],
      ["POST", "/api/admin/money/assign"],
    ] as const) {
      expect((await closed.send(method, path)).status).toBe(401)
      expect((await closed.send(method, path, { token: ADMIN_TOKEN })).status).not.toBe(401)
    }
  })
})

describe("the money inbox", () => {
  test("lists every unconfirmed refund and every payment without an order, page by page", async () => {
    const stray = 8_000_000_000_000
    for (const key of ["stray-b", "stray-a", "stray 🎉"])
      await pay(app, { order_id: stray, idempotency_key: key })
    await pay(app, { order_id: stray, idempotency_key: "no-money", status: "failed" })
    const { order_id } = await paidOrder({}, { amount_minor: 20_000 })
    await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: 1 })
    await app.post(`/api/admin/refunds/${order_id}-1/confirm`)

    const all = await moneyInbox()
    const names = all.map((entry) => entry.refund?.refund_id ?? entry.payment_event.key)
    expect(names).toContain("stray-a")
    expect(names.indexOf("stray-b")).toBe(names.indexOf("stray-a") + 1)
    expect(names).toContain(`${order_id}-2`)
    expect(names).not.toContain(`${order_id}-1`)
    expect(names).not.toContain("no-money")
    for (const limit of [1, 2, 3]) expect(await moneyInbox(limit)).toEqual(all)
  })

  test("each action is a path that performs the action", async () => {
    const key = `a key/with ünsafe characters? ${"x".repeat(200)}`
    await pay(app, { order_id: 8_000_000_000_001, idempotency_key: key })
    const find = async () => (await moneyInbox()).find((entry) => entry.payment_event?.key === key)
    const { href, body } = (await find()).actions.find(({ name }: { name: string }) => name === "returned")

    const returned = await app.post(href, body)

    expect(returned).toMatchObject({ status: 200, body: { payment_event: { key }, actions: [] } })
    expect(await find()).toBeUndefined()
    expect((await app.post(href, body)).body).toEqual(returned.body)
  })

  test("a payment without an order is assigned to one, once, and the action is recorded", async () => {
    const { order_id, total_minor } = await pendingOrder(app)
    const other = await pendingOrder(app)
    const stray = { order_id: 8_000_000_000_002, idempotency_key: "mistyped", payment_id: "pay-mistyped" }
    await pay(app, { ...stray, amount_minor: total_minor, currency: "EUR" })
    const entry = (await moneyInbox()).find(({ payment_event }) => payment_event?.key === "mistyped")
    const { href, body } = entry.actions.find(({ name }: { name: string }) => name === "assign")

    const answers = await Promise.all([1, 2, 3].map(() => app.post(href, { ...body, order_id })))

    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 200,
        body: { key: "mistyped", order_id: stray.order_id, outcome: "paid", applied_order_id: order_id },
      })
    }
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
    expect((await app.get(`/api/admin/payments?order_id=${order_id}`)).body.data).toHaveLength(1)
    expect((await moneyInbox()).some(({ payment_event }) => payment_event?.key === "mistyped")).toBe(false)
    const late = await app.post(href, { ...body, order_id: other.order_id })
    expect(late).toBeProblem(404, "payment_event_not_found")
    expect((await pay(app, { ...stray, amount_minor: total_minor, currency: "EUR" })).body).toMatchObject({
      outcome: "paid",
      duplicate: true,
    })
    const actions = async () => (await app.get("/api/admin/actions")).body.data
    await expect.poll(actions).toContainEqual(
      expect.objectContaining({
        route: `POST ${href}`,
        order_id,
        content: { ...body, order_id },
        status: 200,
      }),
    )
  })

  test("a payment that its new order cannot accept is refunded", async () => {
    const { order_id } = await pendingOrder(app)
    await pay(app, {
      order_id: 8_000_000_000_003,
      idempotency_key: "meagre",
      amount_minor: 1,
      currency: "EUR",
    })
    const body = { provider: "generic", key: "meagre", order_id }
    expect((await app.post("/api/admin/money/assign", body)).body).toMatchObject({ outcome: "refund_due" })
    expect((await app.get(`/api/admin/orders/${order_id}/refunds`)).body.data).toMatchObject([
      { amount_minor: 1, reason: "amount_too_low" },
    ])
  })

  test("a returned payment cannot be assigned, nor any payment to an unknown order", async () => {
    const { order_id } = await pendingOrder(app)
    const body = { provider: "generic", key: "sent-back" }
    await pay(app, { order_id: 8_000_000_000_004, idempotency_key: "sent-back" })
    const missing = await app.post("/api/admin/money/assign", { ...body, order_id: 8_000_000_000_005 })
    expect(missing).toBeProblem(404, "order_not_found")
    await app.post("/api/admin/money/returned", body)
    const answer = await app.post("/api/admin/money/assign", { ...body, order_id })
    expect(answer).toBeProblem(404, "payment_event_not_found")
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("pending_payment")
  })

  test("a returned payment has no effect on an order that is made later", async () => {
    const product = await offer(app)
    const { hold_id } = await hold(app, product.id)
    const next = (await order(app, (await hold(app, product.id)).hold_id)).order_id + 1
    expect((await pay(app, { order_id: next, idempotency_key: "early-bird" })).body.outcome).toBe("parked")
    await app.post("/api/admin/money/returned", { provider: "generic", key: "early-bird" })

    const late = await order(app, hold_id)
    expect(late).toMatchObject({ order_id: next, status: "pending_payment" })
    expect((await pay(app, { order_id: next, idempotency_key: "early-bird" })).body).toMatchObject({
      outcome: "parked",
      duplicate: true,
    })
    expect((await app.get(`/api/orders/${next}`)).body.status).toBe("pending_payment")
  })

  test.each(["x", "W10", "WyJwYXltZW50Il0", "WyJyZWZ1bmQiLDEsMl0", "bnVsbA", "%00"])(
    "a made-up cursor, %s, is refused",
    async (cursor) => {
      const answer = await app.get(`/api/admin/money?cursor=${cursor}`)
      expect(answer).toMatchObject({ status: 422, body: { code: "invalid_request" } })
    },
  )

  test("a payment that has paid its order cannot be marked as returned", async () => {
    const { order_id } = await pendingOrder(app)
    const body = { provider: "generic", key: "acted" }
    expect((await pay(app, { order_id, idempotency_key: "acted" })).body.outcome).toBe("paid")
    expect(await app.post("/api/admin/money/returned", body)).toBeProblem(404, "payment_event_not_found", {})
  })

  test.each([
    ["that does not exist", { provider: "generic", key: "nothing" }, 404],
    ["without money", { provider: "generic", key: "no-money" }, 404],
    ["of another provider", { provider: "stripe", key: "stray-a" }, 404],
    ["without a key", { provider: "generic" }, 422],
    ["with a key that cannot be stored", { provider: "generic", key: "\0" }, 422],
  ])("an event %s can be neither returned nor assigned", async (_, body, status) => {
    expect((await app.post("/api/admin/money/returned", body)).status).toBe(status)
    const assigned = await app.post("/api/admin/money/assign", { ...body, order_id: 1 })
    expect(assigned.status).toBe(status)
  })
})

test("a constraint keeps refunds within the amount of the payment", async () => {
  const { order_id } = await paidOrder()
  await expect(
    runSql(app.databaseUrl, `update payments set refunded_minor = 19999 where order_id = ${order_id}`),
  ).rejects.toThrow("payments_refunded_within_amount")
  await expect(
    runSql(app.databaseUrl, `update orders set restocked_qty = 3 where id = ${order_id}`),
  ).rejects.toThrow("orders_restocked_within_quantity")
})

test("after all these tests every unit and every cent is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
