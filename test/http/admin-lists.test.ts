import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { ADMIN_TOKEN, hold, offer, order, pay, startClosedApp } from "../support/shop.ts"

let app: TestApp
let productId: number
const orderIds: number[] = []
const holdIds: number[] = []

// Twelve holds of one product, every second one with an order. Two orders are paid, the third one's payment failed.
beforeAll(async () => {
  app = await startTestApp()
  productId = (await offer(app)).id
  for (let index = 0; index < 12; index += 1) {
    const customer_id = index % 4 === 0 ? "anna" : "ben 🎈"
    const { hold_id } = await hold(app, productId, 1, { customer_id })
    holdIds.push(hold_id)
    if (index % 2 === 0) orderIds.push((await order(app, hold_id)).order_id)
  }
  for (const [index, order_id] of orderIds.slice(0, 3).entries()) {
    const status = index < 2 ? "success" : "failed"
    await pay(app, {
      order_id,
      status,
      idempotency_key: `list 🎈-${index}`,
      payment_id: `p-${index}`,
      amount_minor: 10_000,
    })
  }
  await pay(app, { order_id: 9_000_000, idempotency_key: "list-parked" })
})
afterAll(() => app[Symbol.asyncDispose]())

/** Reads all pages of a list. */
async function everything(path: string, limit = 100) {
  // oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
  const found: any[] = []
  for (let cursor: string | null = ""; cursor !== null;) {
    const answer = await app.get(
      `${path}${path.includes("?") ? "&" : "?"}limit=${limit}${cursor && `&cursor=${cursor}`}`,
    )
    expect(answer.status).toBe(200)
    expect(answer.body.data.length).toBeLessThanOrEqual(limit)
    expect(answer.body.has_more).toBe(answer.body.next_cursor !== null)
    for (const row of answer.body.data) found.push(row)
    cursor = answer.body.next_cursor
  }
  return found
}

const anna = "customer_id=anna"
const ben = `customer_id=${encodeURIComponent("ben 🎈")}`

describe("lists for the shop", () => {
  test.each([
    ["orders", "order_id", "", () => orderIds],
    ["orders", "order_id", "status=paid", () => orderIds.slice(0, 2)],
    ["orders", "order_id", "status=cancelled", () => orderIds.slice(2, 3)],
    ["orders", "order_id", anna, () => orderIds.filter((_, index) => index % 2 === 0)],
    ["orders", "order_id", `${ben}&status=paid`, () => orderIds.slice(1, 2)],
    ["orders", "order_id", "product_id=999999", () => []],
    ["holds", "hold_id", "", () => holdIds],
    ["holds", "hold_id", "status=active", () => holdIds.filter((_, index) => index % 2 === 1)],
    ["holds", "hold_id", ben, () => holdIds.filter((_, index) => index % 4 !== 0)],
  ])("%s, identified by %s, filtered by %s, page by page", async (list, id, filter, expected) => {
    for (const limit of [1, 5, 100]) {
      const found = await everything(
        `/api/admin/${list}?${filter === "" ? `product_id=${productId}` : filter}`,
        limit,
      )
      expect(found.map((row) => row[id])).toEqual(expected())
    }
  })

  test("payments and payment events, page by page", async () => {
    for (const limit of [1, 2, 100]) {
      expect(await everything("/api/admin/payments", limit)).toMatchObject([
        {
          event_key: "list 🎈-0",
          order_id: orderIds[0],
          amount: "100.00",
          refunded_minor: 1,
          allocation: "order",
        },
        { event_key: "list 🎈-1", order_id: orderIds[1], payment_id: "p-1" },
      ])
      const events = await everything("/api/admin/payment-events", limit)
      expect(events.map((event) => [event.key, event.outcome])).toEqual([
        ["list 🎈-0", "paid"],
        ["list 🎈-1", "paid"],
        ["list 🎈-2", "cancelled"],
        ["list-parked", "parked"],
      ])
    }
    expect(
      await everything(`/api/admin/payment-events?order_id=${orderIds[2]}&outcome=cancelled`),
    ).toHaveLength(1)
    expect(await everything("/api/admin/payment-events?provider=stripe")).toEqual([])
    expect(await everything("/api/admin/payments?allocation=refund_due")).toEqual([])
  })

  test("a filter that few of many rows match is answered in several pages", async () => {
    await using many = await startTestApp()
    await runSql(
      many.databaseUrl,
      `insert into holds (id, product_id, qty, status, expires_at, created_at, ended_at)
       select 1000 + n, 1, 1, case when n = 25000 then 'released' else 'expired' end, now(), now(), now()
         from generate_series(1, 25000) as n`,
    )
    const first = await many.get("/api/admin/holds?status=released")
    expect(first.body).toEqual({ data: [], has_more: true, next_cursor: "11000" })
    const second = await many.get(`/api/admin/holds?status=released&cursor=${first.body.next_cursor}`)
    const third = await many.get(`/api/admin/holds?status=released&cursor=${second.body.next_cursor}`)
    expect(third.body).toMatchObject({ data: [{ hold_id: 26_000 }], has_more: false, next_cursor: null })
  })

  test.each([
    "orders?limit=0",
    "orders?limit=101",
    "orders?cursor=x",
    "orders?product_id=x",
    "orders?status=lost",
    "orders?customer_id=%00",
    "holds?status=paid",
    "payments?cursor=x",
    "payments?cursor=WyIAIiwiYSJd",
    "payments?allocation=pocket",
    "payment-events?order_id=-1",
    "payment-events?outcome=lost",
    "payment-events?provider=%00",
  ])("%s is refused", async (path) => {
    expect(await app.get(`/api/admin/${path}`)).toBeProblem(422, "invalid_request")
  })

  test("only the shop can read the lists", async () => {
    await using closed = await startClosedApp()
    for (const list of ["orders", "holds", "payments", "payment-events"]) {
      expect((await closed.get(`/api/admin/${list}`)).status).toBe(401)
      expect((await closed.get(`/api/admin/${list}`, { token: ADMIN_TOKEN })).status).toBe(200)
    }
  })
})
