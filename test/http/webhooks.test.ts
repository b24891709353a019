import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import type { TestAnswer } from "../support/http.ts"
import "../support/problem.ts"
import { hold, holdEnd, offer, order, pay, pendingOrder, productNow } from "../support/shop.ts"
import { ADMIN_TOKEN, signature, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

/** The distinct answers, and how often each occurred. */
function tally(answers: readonly TestAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const form = `${status} ${body.outcome ?? body.code} duplicate:${body.duplicate}`
    counts[form] = (counts[form] ?? 0) + 1
  }
  return counts
}

describe("one event for an order that waits for payment", () => {
  test.each([
    ["success", "paid", "paid", { available_stock: 98, reserved_stock: 0, sold_stock: 2 }],
    ["succeeded", "paid", "paid", { available_stock: 98, reserved_stock: 0, sold_stock: 2 }],
    ["paid", "paid", "paid", { available_stock: 98, reserved_stock: 0, sold_stock: 2 }],
    ["failed", "cancelled", "cancelled", { available_stock: 100, reserved_stock: 0, sold_stock: 0 }],
    ["failure", "cancelled", "cancelled", { available_stock: 100, reserved_stock: 0, sold_stock: 0 }],
    ["cancelled", "cancelled", "cancelled", { available_stock: 100, reserved_stock: 0, sold_stock: 0 }],
    ["canceled", "cancelled", "cancelled", { available_stock: 100, reserved_stock: 0, sold_stock: 0 }],
  ])("%s: outcome %s, the order is %s", async (status, outcome, orderStatus, units) => {
    const { order_id, product_id } = await pendingOrder(app, 2)

    const answer = await pay(app, { order_id, status })

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      message: "ok",
      processed: true,
      duplicate: false,
      order_id,
      status: orderStatus,
      outcome,
    })
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe(orderStatus)
    expect(await productNow(app, product_id)).toMatchObject(units)
  })

  // The received amount decides, if the provider reports it.
  test.each([
    ["the exact amount", { amount_minor: 19_998, currency: "EUR" }, "paid"],
    ["more than that", { amount_minor: 20_000, currency: "EUR" }, "paid"],
    ["one cent less", { amount_minor: 19_997, currency: "EUR" }, "refund_due"],
    ["nothing", { amount_minor: 0 }, "refund_due"],
    ["another currency", { amount_minor: 19_998, currency: "USD" }, "refund_due"],
  ])("success with %s: %j has the outcome %s", async (_, money, outcome) => {
    const { order_id } = await pendingOrder(app, 2)

    expect((await pay(app, { order_id, ...money })).body.outcome).toBe(outcome)
  })
})

// Two events with different keys, and the effect of the second one.
describe("a second event for the same order", () => {
  test.each([
    ["success", "success", "ignored_final", "paid"],
    ["success", "failed", "ignored_final", "paid"],
    ["success", "cancelled", "ignored_final", "paid"],
    ["failed", "failed", "ignored_final", "cancelled"],
    ["failed", "cancelled", "ignored_final", "cancelled"],
  ])("%s, then %s: %s, the order stays %s", async (first, second, outcome, orderStatus) => {
    const { order_id, product_id } = await pendingOrder(app)
    await pay(app, { order_id, status: first })
    const units = await productNow(app, product_id)

    const answer = await pay(app, { order_id, status: second })

    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      processed: true,
      duplicate: false,
      order_id,
      outcome,
      status: orderStatus,
    })
    const { server_time: _, ...after } = await productNow(app, product_id)
    expect(units).toMatchObject(after)
  })

  test.each(["failed", "cancelled"])(
    "%s, then success soon after: paid late, with the same units",
    async (first) => {
      const { order_id, product_id } = await pendingOrder(app)
      await pay(app, { order_id, status: first })
      const answer = await pay(app, { order_id, status: "success" })
      expect(answer.body).toMatchObject({ outcome: "paid", late: true, status: "paid" })
      expect(await productNow(app, product_id)).toMatchObject({ available_stock: 99, sold_stock: 1 })
    },
  )

  test("about another payment causes a refund", async () => {
    const { order_id } = await pendingOrder(app)
    await pay(app, { order_id, payment_id: "pay-1" })

    expect((await pay(app, { order_id, payment_id: "pay-1" })).body.outcome).toBe("ignored_final")
    expect((await pay(app, { order_id, payment_id: "pay-2" })).body.outcome).toBe("refund_due")
  })
})

describe("the same event again (I4)", () => {
  test.each(["success", "failed", "cancelled"])(
    "%s: the first answer, marked as a duplicate",
    async (status) => {
      const { order_id } = await pendingOrder(app)
      const event = { idempotency_key: `again-${status}`, order_id, status }
      const first = await pay(app, event)

      const again = await pay(app, event)

      expect(again.status).toBe(200)
      expect(again.body).toEqual({ ...first.body, duplicate: true })
    },
  )

  test("even if its fields have another order or another name", async () => {
    const { order_id } = await pendingOrder(app)
    await app.post("/api/payments/webhook", { idempotency_key: "shuffled", order_id, status: "success" })

    const again = await app.post("/api/payments/webhook", {
      status: "success",
      order_id,
      transaction_id: "shuffled",
    })

    expect(again.body).toMatchObject({ duplicate: true, outcome: "paid" })
  })

  test("with other content is refused, and nothing changes", async () => {
    const { order_id, product_id } = await pendingOrder(app)
    const other = await pendingOrder(app)
    await pay(app, { idempotency_key: "reused", order_id })

    for (const change of [{ status: "failed" }, { order_id: other.order_id }, { amount_minor: 1 }]) {
      const answer = await pay(app, { idempotency_key: "reused", order_id, ...change })
      expect(answer).toBeProblem(409, "idempotency_key_reused")
    }
    expect((await app.get(`/api/orders/${other.order_id}`)).body.status).toBe("pending_payment")
    expect(await productNow(app, product_id)).toMatchObject({ sold_stock: 1, reserved_stock: 0 })
  })

  test("50 concurrent events have one effect: 50 × 200, 49 of them duplicates", async () => {
    const { order_id, product_id } = await pendingOrder(app)
    const event = { idempotency_key: "fifty", order_id }

    const answers = await Promise.all(Array.from({ length: 50 }, () => pay(app, event)))

    expect(tally(answers)).toEqual({ "200 paid duplicate:false": 1, "200 paid duplicate:true": 49 })
    expect(await productNow(app, product_id)).toMatchObject({ sold_stock: 1, available_stock: 99 })
  })

  test("50 concurrent events at two servers have one effect", async () => {
    await using database = await createTestDatabase()
    await using first = await startTestApp({ databaseUrl: database.url })
    await using second = await startTestApp({ databaseUrl: database.url })
    const { order_id, product_id } = await pendingOrder(first)
    const event = { idempotency_key: "fifty", order_id }

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => pay(index % 2 === 0 ? first : second, event)),
    )

    expect(tally(answers)).toEqual({ "200 paid duplicate:false": 1, "200 paid duplicate:true": 49 })
    expect(await productNow(second, product_id)).toMatchObject({ sold_stock: 1, available_stock: 99 })
    expect(await differencesIn(database.url)).toEqual([])
  })

  test("50 concurrent events for an order that does not exist are parked once", async () => {
    const event = { idempotency_key: "fifty-early", order_id: 2_000_000 }

    const answers = await Promise.all(Array.from({ length: 50 }, () => pay(app, event)))

    expect(tally(answers)).toEqual({ "202 parked duplicate:false": 1, "200 parked duplicate:true": 49 })
  })

  test("50 concurrent events that name a hold make one order from it", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id)
    const event = { idempotency_key: "fifty-hold", order_id: 777, hold_id, product_id: id, quantity: 1 }

    const answers = await Promise.all(Array.from({ length: 50 }, () => pay(app, event)))

    expect(tally(answers)).toEqual({ "200 paid duplicate:false": 1, "200 paid duplicate:true": 49 })
    expect(await productNow(app, id)).toMatchObject({ sold_stock: 1, available_stock: 99 })
  })
})

describe("an event that arrives before its order", () => {
  test("with the hold's data makes the order with its id; POST /api/orders then answers 200 with that order", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id, 2)

    const early = await pay(app, { order_id: 999, hold_id, product_id: id, quantity: 2 })
    const ordered = await app.post("/api/orders", { hold_id })

    expect(early.status).toBe(200)
    expect(early.body).toEqual({
      message: "ok",
      processed: true,
      duplicate: false,
      order_id: 999,
      status: "paid",
      outcome: "paid",
    })
    expect(ordered.status).toBe(200)
    expect(ordered.body).toMatchObject({ order_id: 999, hold_id, quantity: 2, status: "paid" })
    expect(ordered.headers["location"]).toBe("/api/orders/999")
    expect((await app.get("/api/orders/999")).body).toEqual(ordered.body)
    expect((await app.post(`/api/orders/${hold_id}/${id}`)).status).toBe(200)
    expect(await productNow(app, id)).toMatchObject({ sold_stock: 2, reserved_stock: 0 })
  })

  test("with the hold's data and an id that is in use makes an order with another id", async () => {
    const { order_id: taken } = await pendingOrder(app)
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id)
    // An id in this server's block, which it will give to one of its next orders, is not free either.
    const early = await pay(app, { order_id: taken + 1, hold_id, product_id: id, quantity: 1 })

    const ordered = await app.post("/api/orders", { hold_id })

    expect(early.body).toMatchObject({ outcome: "paid", status: "paid" })
    expect(ordered.status).toBe(200)
    expect(ordered.body.order_id).toBe(early.body.order_id)
  })

  test("and reports a failure makes a cancelled order; the units are available again", async () => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id)

    const early = await pay(app, { order_id: 1_001, hold_id, product_id: id, quantity: 1, status: "failed" })
    const ordered = await app.post("/api/orders", { hold_id })

    expect(early.body).toMatchObject({ outcome: "cancelled", status: "cancelled", order_id: 1_001 })
    expect([ordered.status, ordered.body.status]).toEqual([200, "cancelled"])
    expect(await productNow(app, id)).toMatchObject({ available_stock: 100 })
  })

  // An order is never made from the body alone: its data must match an active hold.
  test.each([
    ["no hold", { product_id: 1, quantity: 1 }],
    ["a hold that does not exist", { hold_id: 4_000_000, product_id: 1, quantity: 1 }],
    ["another quantity", { quantity: 2 }],
    ["another product", { product_id: 4_000_000 }],
    ["no quantity", { quantity: undefined }],
    ["no product", { product_id: undefined }],
  ])("with %s is parked, and the hold stays active", async (_, change) => {
    const { id } = await offer(app)
    const { hold_id } = await hold(app, id)
    const event = { order_id: 3_000_000, hold_id, product_id: id, quantity: 1, ...change }

    const answer = await pay(app, event)

    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({
      message: "ok",
      processed: false,
      duplicate: false,
      order_id: 3_000_000,
      status: null,
      outcome: "parked",
    })
    expect((await app.get(`/api/holds/${hold_id}`)).body.status).toBe("active")
    expect(await app.get("/api/orders/3000000")).toBeProblem(404, "order_not_found")
  })

  test("with a hold that has ended is parked", async () => {
    const { id } = await offer(app, { hold_ttl_seconds: 1 })
    const { hold_id } = await hold(app, id)
    await holdEnd(app, hold_id)

    const answer = await pay(app, { order_id: 3_000_001, hold_id, product_id: id, quantity: 1 })

    expect([answer.status, answer.body.outcome]).toEqual([202, "parked"])
    expect((await app.get(`/api/holds/${hold_id}`)).body.status).toBe("expired")
  })

  test("without the hold's data is parked, and pays the order as soon as it is made", async () => {
    await using served = await startTestApp()
    const { hold_id } = await hold(served, 1)
    const event = { idempotency_key: "early", order_id: 1 }
    const parked = await pay(served, event)

    const ordered = await served.post("/api/orders", { hold_id })

    expect([parked.status, parked.body.outcome]).toEqual([202, "parked"])
    expect([ordered.status, ordered.body.order_id, ordered.body.status]).toEqual([201, 1, "paid"])
    const again = await pay(served, event)
    expect([again.status, again.body]).toEqual([
      200,
      { message: "ok", processed: true, duplicate: true, order_id: 1, status: "paid", outcome: "paid" },
    ])
    expect(await productNow(served, 1)).toMatchObject({ sold_stock: 1, reserved_stock: 0 })
    expect(await differencesIn(served.databaseUrl)).toEqual([])
  })

  test("and names another hold never pays the order that later gets its id", async () => {
    await using served = await startTestApp()
    const { hold_id } = await hold(served, 1)
    const early = { hold_id: 999_999, product_id: 1, quantity: 1 }
    for (let id = 1; id <= 4; id += 1) await pay(served, { ...early, order_id: id })

    expect(await order(served, hold_id)).toMatchObject({ order_id: 1, status: "pending_payment" })
    expect(await differencesIn(served.databaseUrl)).toEqual([])
  })

  test("several parked events are applied in the order of their arrival", async () => {
    await using served = await startTestApp()
    const { hold_id } = await hold(served, 1)
    await pay(served, { idempotency_key: "first", order_id: 1, status: "failed" })
    await pay(served, { idempotency_key: "second", order_id: 1, status: "success" })

    const ordered = await order(served, hold_id)
    const second = await pay(served, { idempotency_key: "second", order_id: 1, status: "success" })

    expect(ordered).toMatchObject({ status: "paid", late: true })
    expect(second.body).toMatchObject({ duplicate: true, outcome: "paid", late: true })
    expect((await served.get("/api/orders/1")).body).toEqual(ordered)
    expect(await productNow(served, 1)).toMatchObject({ available_stock: 99, sold_stock: 1 })
  })
})

describe("the event's key", () => {
  test.each(["x".repeat(256), "ünsafe", ""])(
    "is not taken from a webhook-id that could not be a key in the body: %j",
    async (id) => {
      const { order_id } = await pendingOrder(app)
      const event = { order_id, status: "success" }
      const headers = { "webhook-id": id }
      const answer = await app.post("/api/payments/webhook", event, { headers })
      expect(answer).toMatchObject({ status: 202, body: { errors: [{ pointer: "/idempotency_key" }] } })
      expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("pending_payment")
    },
  )

  test("may be in transaction_id or in the webhook-id header", async () => {
    const { order_id } = await pendingOrder(app)
    const path = "/api/payments/webhook"
    const headers = { "webhook-id": "by-header" }

    const byAlias = await app.post(path, { transaction_id: "by-alias", order_id, status: "success" })
    const byHeader = await app.post(path, { order_id, status: "success" }, { headers })
    const again = await app.post(path, { order_id, status: "success" }, { headers })

    expect(byAlias.body).toMatchObject({ duplicate: false, outcome: "paid" })
    expect(byHeader.body).toMatchObject({ duplicate: false, outcome: "ignored_final" })
    expect(again.body).toMatchObject({ duplicate: true })
  })

  test("in the body takes precedence over the header, which differs between deliveries", async () => {
    const { order_id } = await pendingOrder(app)
    const event = { idempotency_key: "in-the-body", order_id }
    await pay(app, event, { headers: { "webhook-id": "msg_1" } })

    const again = await pay(app, event, { headers: { "webhook-id": "msg_2" } })

    expect(again.body).toMatchObject({ duplicate: true })
  })

  test("is required: without one the message has no effect", async () => {
    const { order_id } = await pendingOrder(app)
    const answer = await app.post("/api/payments/webhook", { order_id, status: "success" })

    expect(answer).toMatchObject({ status: 202, body: { errors: [{ pointer: "/idempotency_key" }] } })
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("pending_payment")
  })

  test.each(["__proto__", "constructor", "0", " spaced ", "ключ", "🗝", "x".repeat(255)])(
    "%s is a valid key",
    async (idempotency_key) => {
      const { order_id } = await pendingOrder(app)

      const answers = [
        await pay(app, { idempotency_key, order_id }),
        await pay(app, { idempotency_key, order_id }),
      ]

      expect(tally(answers)).toEqual({ "200 paid duplicate:false": 1, "200 paid duplicate:true": 1 })
    },
  )
})

describe("signed webhooks (closed mode)", () => {
  let shop: TestApp
  beforeAll(async () => {
    shop = await startClosedApp()
  })
  afterAll(() => shop[Symbol.asyncDispose]())

  const OTHER_SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`
  async function event(): Promise<{ order_id: number; raw: string }> {
    const { hold_id } = await hold(shop, 1)
    const { order_id } = await order(shop, hold_id, ADMIN_TOKEN)
    return { order_id, raw: JSON.stringify({ order_id, status: "success" }) }
  }
  const deliver = (raw: string, headers: Record<string, string>) =>
    shop.post("/api/payments/webhook", undefined, { raw, headers })

  test("made by the reference implementation are accepted; webhook-id is the key", async () => {
    const { order_id, raw } = await event()
    const headers = signature(raw)

    const first = await deliver(raw, headers)
    const replayed = await deliver(raw, headers)
    const redelivered = await deliver(raw, signature(raw, { id: headers["webhook-id"] ?? "" }))

    expect(first.status).toBe(200)
    expect(first.body).toMatchObject({ order_id, duplicate: false, outcome: "paid" })
    for (const again of [replayed, redelivered]) {
      expect([again.status, again.body]).toEqual([200, { ...first.body, duplicate: true }])
    }
  })

  test("are checked byte by byte: spaces, order and non-ASCII letters count", async () => {
    const { order_id } = await event()
    const raw = ` {"status" : "success",\n"payment_id":"Zo\u00eb \u{1f5dd}", "order_id":${order_id} } `

    expect((await deliver(raw, signature(raw))).body.outcome).toBe("paid")
  })

  test.each([
    [-290, 200],
    [290, 200],
    [-310, 401],
    [310, 401],
  ])("with a timestamp %i seconds from now: %i", async (seconds, status) => {
    const { raw } = await event()
    const at = new Date(Date.now() + seconds * 1_000)

    expect((await deliver(raw, signature(raw, { at }))).status).toBe(status)
  })

  test("may have several signatures while the secret is rotated", async () => {
    const { raw } = await event()
    const good = signature(raw)
    const { "webhook-signature": stale } = signature(raw, { secret: OTHER_SECRET })
    const both = `${stale} v1a,AAAA ${good["webhook-signature"]}`

    expect((await deliver(raw, { ...good, "webhook-signature": both })).status).toBe(200)
  })
})

test("after all these tests every unit is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
