import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { fingerprintedDispute } from "../../src/payments/fingerprint.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import {
  disputeOf,
  intentWith,
  stripeEvent,
  stripeSettings,
  stripeSignature,
} from "../support/fake-stripe.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { ADMIN_TOKEN, pendingOrder, productNow, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ config: { stripe: stripeSettings() } })
})
afterAll(() => app[Symbol.asyncDispose]())

let last = 0

function tell(type: string, object: unknown) {
  const raw = stripeEvent(type, object)
  const headers = { "stripe-signature": stripeSignature(raw), "content-type": "application/json" }
  return app.send("POST", "/api/payments/webhooks/stripe", { raw, headers })
}

/** An order of two units at 99.99 EUR, its PaymentIntent, and a dispute of that payment. */
async function sale() {
  last += 1
  const order = await pendingOrder(app, 2)
  const [payment_intent, id] = [`pi_${last}`, `dp_${last}`]
  const intent = (given: object = {}) =>
    intentWith({ id: payment_intent, metadata: { order_id: String(order.order_id) }, ...given })
  return {
    ...order,
    id,
    pay: (given: object = {}) => tell("payment_intent.succeeded", intent(given)),
    open: (given: object = {}) => tell("charge.dispute.created", disputeOf({ id, payment_intent, ...given })),
    close: (status: "won" | "lost") =>
      tell("charge.dispute.closed", disputeOf({ id, payment_intent, status })),
  }
}

const paymentOf = async (orderId: number) =>
  (await app.get(`/api/admin/payments?order_id=${orderId}`)).body.data[0]
const refundsOf = async (orderId: number) => (await app.get(`/api/admin/orders/${orderId}/refunds`)).body.data
const disputesOf = async (orderId: number) =>
  (await app.get(`/api/admin/orders/${orderId}/disputes`)).body.data

/** Every entry of the money inbox about an order, read in pages of `limit`. */
async function inboxOf(orderId: number, limit = 20) {
  // oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
  const entries: any[] = []
  for (let cursor: string | null = ""; cursor !== null;) {
    const { status, body } = await app.get(
      `/api/admin/money?limit=${limit}${cursor === "" ? "" : `&cursor=${cursor}`}`,
    )
    expect(status).toBe(200)
    entries.push(...body.data)
    cursor = body.next_cursor
  }
  return entries.filter(
    ({ refund, dispute, payment_event }) => (refund ?? dispute ?? payment_event).order_id === orderId,
  )
}

describe("a dispute", () => {
  test("that is opened appears in the money inbox with its actions, and its amount cannot be refunded", async () => {
    const { order_id, product_id, id, pay, open } = await sale()
    await pay()
    expect(await open()).toMatchObject({ status: 200, body: { taken: 1 } })

    expect(await inboxOf(order_id)).toEqual([
      {
        kind: "dispute",
        why: expect.stringContaining("disputed"),
        actions: ["won", "lost"].map((name) => ({
          name,
          href: `/api/admin/orders/${order_id}/disputes/${name}`,
          body: { provider: "stripe", dispute_id: id },
        })),
        payment_event: null,
        refund: null,
        dispute: expect.objectContaining({
          dispute_id: id,
          status: "open",
          amount: "199.98",
          held_minor: 19_998,
        }),
      },
    ])
    expect(await paymentOf(order_id)).toMatchObject({ disputed_minor: 19_998, refunded_minor: 0 })
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
    expect(await productNow(app, product_id)).toMatchObject({ sold_stock: 2, available_stock: 98 })
    const lines = app.log.filter(({ metric, dispute_id }) => metric === "dispute.open" && dispute_id === id)
    expect(lines).toMatchObject([{ order_id, held_minor: 19_998, currency: "EUR" }])
    expect((await app.get("/metrics")).body).toMatch(/doorbuster_disputes_total\{status="open"\} [1-9]/)
  })

  test("leaves no money to refund, but the units can be put back on sale, once", async () => {
    const { order_id, product_id, pay, open } = await sale()
    await pay()
    await open()
    const refund = (body: object) => app.post(`/api/admin/orders/${order_id}/refunds`, body)
    for (const amount_minor of [1, null]) {
      const answer = await refund({ amount_minor })
      expect(answer).toBeProblem(409, "payment_disputed", { refundable_minor: 0 })
    }
    expect((await refund({ restock_qty: 2 })).status).toBe(201)
    expect(await refund({ restock_qty: 1 })).toBeProblem(409, "restock_over_order", { restockable_qty: 0 })
    expect(await productNow(app, product_id)).toMatchObject({ sold_stock: 0, available_stock: 100 })
  })

  test("leaves the unclaimed part of the payment refundable", async () => {
    const { order_id, pay, open } = await sale()
    await pay()
    await open({ amount: 10_000 })
    const refund = (amount_minor: number) =>
      app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor })
    expect(await refund(9_999)).toBeProblem(409, "payment_disputed", { refundable_minor: 9_998 })
    expect((await refund(9_998)).status).toBe(201)
    expect(await paymentOf(order_id)).toMatchObject({ disputed_minor: 10_000, refunded_minor: 9_998 })
  })

  test("withholds refunds that have not been sent, until it is won", async () => {
    const { order_id, pay, open, close } = await sale()
    await pay({ amount_received: 20_998 })
    expect(await refundsOf(order_id)).toMatchObject([{ status: "due", amount_minor: 1_000 }])
    await open({ amount: 20_998 })

    expect(await refundsOf(order_id)).toMatchObject([{ status: "withheld", last_error: "disputed" }])
    const [entry] = await inboxOf(order_id)
    expect(entry).toMatchObject({ kind: "refund", why: expect.stringContaining("the buyer's bank") })
    expect(entry.actions).toMatchObject([{ name: "confirm" }])
    const retried = await app.post(`/api/admin/refunds/${order_id}-1/retry`)
    expect(retried).toBeProblem(409, "payment_disputed", { refundable_minor: 0 })
    expect(await paymentOf(order_id)).toMatchObject({ disputed_minor: 19_998, refunded_minor: 1_000 })

    await close("won")
    expect(await refundsOf(order_id)).toMatchObject([{ status: "due", last_error: null }])
    expect(await paymentOf(order_id)).toMatchObject({ disputed_minor: 0, refunded_minor: 1_000 })
    expect(await disputesOf(order_id)).toMatchObject([{ status: "won", held_minor: 0 }])
  })

  test("that is lost leaves the money inbox, and its amount stays unavailable", async () => {
    const { order_id, pay, open, close } = await sale()
    await pay()
    await open()
    await close("lost")
    expect(await inboxOf(order_id)).toEqual([])
    expect(await disputesOf(order_id)).toMatchObject([{ status: "lost", held_minor: 19_998 }])
    expect(await paymentOf(order_id)).toMatchObject({ disputed_minor: 19_998 })
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
  })

  test("that arrives before its payment is parked, and applied in the transaction of the payment", async () => {
    const { order_id, id, pay, open, close } = await sale()
    await close("lost")
    await open()
    const parked = await app.get("/api/admin/payment-events?outcome=parked&limit=100")
    // oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
    const mine = parked.body.data.filter((event: any) => event.dispute_id === id)
    expect(mine).toMatchObject([
      { kind: "dispute_lost", order_id: null },
      { kind: "dispute_opened", order_id: null },
    ])
    await pay({ amount_received: 20_998 })
    expect(await disputesOf(order_id)).toMatchObject([{ status: "lost", held_minor: 19_998 }])
    expect(await refundsOf(order_id)).toMatchObject([{ status: "withheld", last_error: "disputed" }])
  })

  test("that was parked while its payment was being written is applied by the worker", async () => {
    const { order_id, id, pay } = await sale()
    await pay()
    const { payment_id } = await paymentOf(order_id)
    const said = {
      provider: "stripe",
      disputeId: id,
      paymentId: payment_id,
      amountMinor: null,
      currency: null,
    }
    const { inbox, paymentEvents } = app.app.engine
    await inbox.park(fingerprintedDispute({ ...said, key: `${id} parked`, kind: "dispute_opened" }))
    expect(await paymentEvents.applyParked(10)).toBe(1)
    expect(await paymentEvents.applyParked(10)).toBe(0)
    expect(await disputesOf(order_id)).toMatchObject([{ status: "open", held_minor: 19_998 }])
  })

  test("that is reported again changes nothing", async () => {
    const { order_id, pay, open, close } = await sale()
    await pay()
    for (let time = 0; time < 3; time += 1) {
      expect(await open()).toMatchObject({ status: 200 })
      expect(await close("won")).toMatchObject({ status: 200 })
    }
    expect(await disputesOf(order_id)).toMatchObject([{ status: "won" }])
  })

  test("whose amount grows claims the rest of the payment, and withholds refunds that were not sent", async () => {
    const { order_id, pay, open } = await sale()
    await pay()
    await open({ amount: 100 })
    expect((await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: null })).status).toBe(201)

    expect(await open({ amount: 19_998 })).toMatchObject({ status: 200, body: { taken: 1 } })

    expect(await refundsOf(order_id)).toMatchObject([{ status: "withheld", last_error: "disputed" }])
    expect(await disputesOf(order_id)).toMatchObject([
      { amount_minor: 19_998, held_minor: 100, status: "open" },
    ])
  })

  test("of an unknown payment is accepted and parked", async () => {
    const answer = await tell("charge.dispute.created", disputeOf({ id: "dp_x", payment_intent: "pi_x" }))
    expect(answer).toMatchObject({ status: 200, body: { taken: 1 } })
    const lines = app.log.filter(({ idempotency_key }) => String(idempotency_key).startsWith("dp_x "))
    expect(lines).toMatchObject([{ outcome: "parked", order_id: null }])
  })
})

describe("the end of a dispute that the shop records", () => {
  const settle = (orderId: number, verdict: string, dispute_id: string) =>
    app.post(`/api/admin/orders/${orderId}/disputes/${verdict}`, { provider: "stripe", dispute_id })

  test.each([
    ["won", 0],
    ["lost", 19_998],
  ] as const)("is %s, and a later message of the provider changes nothing", async (verdict, held_minor) => {
    const { order_id, id, pay, open, close } = await sale()
    await pay()
    await open()
    for (let time = 0; time < 2; time += 1) {
      expect(await settle(order_id, verdict, id)).toMatchObject({
        status: 200,
        body: { dispute_id: id, status: verdict, held_minor },
      })
    }
    await close(verdict)
    expect(await disputesOf(order_id)).toMatchObject([{ status: verdict, held_minor }])
    expect(await inboxOf(order_id)).toEqual([])
  })

  test("must name a dispute of that order", async () => {
    const { order_id, pay, id } = await sale()
    await pay()
    expect(await settle(order_id, "won", id)).toBeProblem(404, "dispute_not_found")
    for (const unknown of ["0", "x", "999999999"]) {
      const answer = await app.get(`/api/admin/orders/${unknown}/disputes`)
      expect(answer).toBeProblem(404, "order_not_found")
    }
    expect(await settle(0, "won", id)).toBeProblem(404, "dispute_not_found")
    expect(await settle(order_id, "drawn", id)).toBeProblem(404, "route_not_found")
    expect(await settle(order_id, "won", "\0")).toBeProblem(422, "invalid_request")
  })

  test("needs admin access", async () => {
    await using closed = await startClosedApp()
    for (const [method, path] of [
      ["GET", "/api/admin/orders/1/disputes"],
      ["POST", "/api/admin/orders/1/disputes/won"],
      ["POST", "/api/admin/orders/1/disputes/lost"],
    ] as const) {
      expect((await closed.send(method, path)).status).toBe(401)
      expect((await closed.send(method, path, { token: ADMIN_TOKEN })).status).not.toBe(401)
    }
  })
})

test("the money inbox shows all kinds of entries page by page", async () => {
  const { order_id, pay, open } = await sale()
  await pay({ amount_received: 20_998 })
  await open()
  await open({ id: "dp_second.one" })
  const all = await inboxOf(order_id)
  expect(all.map(({ kind }) => kind)).toEqual(["refund", "dispute", "dispute"])
  for (const limit of [1, 2, 3]) expect(await inboxOf(order_id, limit)).toEqual(all)
})

test("each change of a dispute causes one outgoing event", async () => {
  const endpoint = { url: "https://shop.example/hook", types: ["payment.disputed"] }
  expect((await app.post("/api/admin/webhooks", endpoint)).status).toBe(201)
  const { order_id, id, pay, open, close } = await sale()
  await pay()
  for (let time = 0; time < 2; time += 1) await open()
  await close("lost")
  const { rows } = await app.app.engine.database.views.query<{ id: string; body: string }>(
    "select id, body from outbox where type = 'payment.disputed' order by created_at",
  )
  expect(rows.map((row) => row.id)).toEqual(
    ["open", "lost"].map((status) => `payment_disputed-${order_id}-stripe-${id}-${status}-19998`),
  )
  expect(JSON.parse(rows[0]?.body ?? "")).toMatchObject({
    type: "payment.disputed",
    data: { dispute_id: id, order_id, payment_id: expect.any(String), status: "open", held_minor: 19_998 },
  })
})

test("a constraint keeps refunds and disputes within the amount of the payment", async () => {
  const { order_id, pay } = await sale()
  await pay()
  const sql = `update payments set refunded_minor = 1, disputed_minor = 19998 where order_id = ${order_id}`
  await expect(runSql(app.databaseUrl, sql)).rejects.toThrow("payments_taken_within_amount")
})

test("after all these tests every unit and every cent is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
