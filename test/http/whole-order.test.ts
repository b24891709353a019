import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { startReceiver } from "../support/receiver.ts"
import { ADMIN_TOKEN, hold, offer, order, pay, pendingOrder, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

/** Reads an order's page. */
async function whole(orderId: number, from: TestApp = app) {
  const { status, body } = await from.get(`/api/admin/orders/${orderId}`)
  expect(status).toBe(200)
  return body
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
const happenings = (body: any) => body.timeline.map((entry: { what: string }) => entry.what)

/** Waits until the record has this many changes of the order: it is written after the answer. */
async function actionsOf(orderId: number, count: number): Promise<void> {
  await expect.poll(async () => (await whole(orderId)).actions).toHaveLength(count)
}

describe("an order with everything that is known of it", () => {
  test("has the order, its hold and its product, and what has not happened is empty", async () => {
    const { order_id, hold_id, product_id } = await pendingOrder(app, 2)

    const body = await whole(order_id)

    expect(body).toMatchObject({
      order: { order_id, status: "pending_payment", total_minor: 19_998 },
      product: { id: product_id, name: "Test product" },
      hold: { hold_id, qty: 2, status: "converted" },
      payment_attempt: null,
      payments: [],
      payment_events: [],
      refunds: [],
      disputes: [],
      outgoing_events: [],
      mails: [],
      actions: [],
    })
    expect(happenings(body)).toEqual(["hold_placed", "order_created"])
  })

  test("tells payment, refund and the shop's changes in the order of time", async () => {
    const { order_id } = await pendingOrder(app, 2)
    await app.post(`/api/orders/${order_id}/payment-attempts`, {
      provider: "generic",
      payment_id: "p-opened",
    })
    await pay(app, { order_id, idempotency_key: "whole-1", payment_id: "p-1", amount_minor: 20_000 })
    const made = await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: 5_000 })
    await app.post(`/api/admin/refunds/${made.body.refund_id}/confirm`)
    await actionsOf(order_id, 2)

    const body = await whole(order_id)

    expect(body.order).toMatchObject({ status: "paid" })
    expect(body.payment_attempt).toEqual({ provider: "generic", payment_id: "p-opened" })
    expect(body.payments).toMatchObject([
      { payment_id: "p-1", event_key: "whole-1", amount: "200.00", refunded_minor: 5_002 },
    ])
    expect(body.payment_events).toMatchObject([{ key: "whole-1", outcome: "paid" }])
    expect(body.refunds).toMatchObject([
      { refund_id: `${order_id}-1`, reason: "amount_too_high", amount_minor: 2 },
      { refund_id: `${order_id}-2`, reason: "requested", amount_minor: 5_000, status: "confirmed" },
    ])
    expect(body.actions).toMatchObject([
      { route: "POST /api/admin/orders/:id/refunds", status: 201 },
      { route: "POST /api/admin/refunds/:id/confirm", status: 200 },
    ])
    const times = body.timeline.map(({ at }: { at: string }) => Date.parse(at))
    expect(times).toEqual(times.toSorted((one: number, other: number) => one - other))
    expect(happenings(body)).toEqual([
      "hold_placed",
      "order_created",
      "payment_event",
      "order_paid",
      "refund_created",
      "refund_created",
      "shop_action",
      "refund_confirmed",
      "shop_action",
    ])
    expect(body.timeline).toContainEqual({
      at: body.payment_events[0].received_at,
      what: "payment_event",
      of: "generic/whole-1",
    })
    expect(body.timeline).toContainEqual({
      at: body.refunds[1].created_at,
      what: "refund_created",
      of: `${order_id}-2`,
    })
  })

  test("has the messages that left no payment: what cancelled it, and what came afterwards", async () => {
    const { order_id } = await pendingOrder(app)
    await pay(app, { order_id, idempotency_key: "whole-failed", status: "failed" })
    await pay(app, { order_id, idempotency_key: "whole-again", status: "cancelled" })

    const body = await whole(order_id)

    expect(body.payments).toEqual([])
    expect(body.payment_events).toMatchObject([
      { key: "whole-failed", kind: "failed", outcome: "cancelled" },
      { key: "whole-again", kind: "cancelled", outcome: "ignored_final" },
    ])
    const told = ["hold_placed", "order_created", "payment_event", "order_cancelled", "payment_event"]
    expect(happenings(body)).toEqual(told)
  })

  test("has a payment that names the order and another hold, and so waits in the money inbox", async () => {
    const { order_id, hold_id } = await pendingOrder(app)
    await pay(app, { order_id, hold_id: hold_id + 1_000_000, idempotency_key: "whole-parked" })

    expect((await whole(order_id)).payment_events).toMatchObject([{ key: "whole-parked", outcome: "parked" }])
  })

  test("has nothing of another order of the same buyer and product", async () => {
    const { id } = await offer(app)
    const orders = []
    for (const key of ["one", "other"]) {
      const { hold_id } = await hold(app, id, 1, { customer_id: "anna" })
      const { order_id } = await order(app, hold_id)
      await pay(app, { order_id, idempotency_key: `whole-${key}`, payment_id: `p-${key}` })
      await app.post(`/api/admin/orders/${order_id}/refunds`, { restock_qty: 1 })
      await actionsOf(order_id, 1)
      orders.push(order_id)
    }
    const [one, other] = orders

    const bodies = [await whole(one), await whole(other)]

    const named = bodies.map((body) => ({
      payments: body.payments.map((payment: { payment_id: string }) => payment.payment_id),
      events: body.payment_events.map((event: { key: string }) => event.key),
      refunds: body.refunds.map((refund: { refund_id: string }) => refund.refund_id),
      actions: body.actions.map((action: { order_id: number }) => action.order_id),
    }))
    expect(named).toEqual([
      { payments: ["p-one"], events: ["whole-one"], refunds: [`${one}-1`], actions: [one] },
      { payments: ["p-other"], events: ["whole-other"], refunds: [`${other}-1`], actions: [other] },
    ])
  })

  test("gives lines the names that their variants have now", async () => {
    const variants = [
      { name: "41", sku: "R-41", stock: 5 },
      { name: "42", stock: 5, price_minor: 13_900 },
    ]
    const { id, variants: made } = await offer(app, { stock: undefined, variants })
    const [small, large] = made.map((variant: { id: number }) => variant.id)
    const lines = [
      { variant_id: large, qty: 1 },
      { variant_id: small, qty: 2 },
    ]
    const held = await app.post("/api/holds", { product_id: id, lines })
    const { order_id } = await order(app, held.body.hold_id)
    await app.send("PATCH", `/api/admin/products/${id}/variants/${large}`, { json: { name: "42 wide" } })

    const body = await whole(order_id)

    expect(body.order.lines).toMatchObject([
      { variant_id: large, name: "42 wide", sku: null, quantity: 1, unit_price: "139.00" },
      { variant_id: small, name: "41", sku: "R-41", quantity: 2, unit_price: "99.99" },
    ])
    expect(body.order).not.toHaveProperty("variant_id")
  })

  test("has what the buyer has told, which no list of events or changes has", async () => {
    const { id } = await offer(app, { collect: { email: "required", name: "optional" } })
    const { hold_id } = await hold(app, id)
    const details = { email: "whole@buyer.example" }
    const { order_id } = (await app.post("/api/orders", { hold_id, details })).body
    const changed = { json: { ...details, name: "Whole Buyer" } }
    await app.send("PUT", `/api/admin/orders/${order_id}/details`, changed)
    await actionsOf(order_id, 1)

    await pay(app, { order_id })

    const { order: shown, product, ...others } = await whole(order_id)

    expect(shown.details).toMatchObject({ email: "whole@buyer.example", name: "Whole Buyer" })
    expect(shown).not.toHaveProperty("missing_details")
    expect(product.collect).toMatchObject({ email: "required" })
    expect(others.actions).toMatchObject([{ route: "PUT /api/admin/orders/:id/details", content: null }])
    expect(others.mails).toMatchObject([{ mail_id: `receipt-${order_id}`, kind: "receipt", attempts: 0 }])
    expect(JSON.stringify(others)).not.toMatch(/whole@buyer|Whole Buyer/)
  })

  test("a mail is sent again, and a mail that there is not is said so", async () => {
    const { id } = await offer(app, { collect: { email: "required" } })
    const { hold_id } = await hold(app, id)
    const { order_id } = (await app.post("/api/orders", { hold_id, details: { email: "a@b.example" } })).body
    await pay(app, { order_id })
    const resend = (mailId: string) => app.post(`/api/admin/orders/${order_id}/mails/${mailId}/resend`)

    const answer = await resend(`receipt-${order_id}`)
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { mail_id: `receipt-${order_id}`, status: "due" },
    ])
    for (const mailId of ["receipt-0", "%00", "x".repeat(90)])
      expect(await resend(mailId)).toBeProblem(404, "mail_not_found")
  })

  test("has the outgoing events, and their deliveries to each endpoint", { timeout: 30_000 }, async () => {
    await using sending = await startTestApp({ worker: true, config: { webhookAllowPrivate: true } })
    await using receiver = await startReceiver()
    const endpoint = async (body: object) =>
      (await sending.post("/api/admin/webhooks", body)).body.endpoint_id
    const everything = await endpoint({ url: receiver.url })
    const paid = await endpoint({ url: receiver.url, types: ["order.paid"] })
    const { order_id } = await pendingOrder(sending, 2)
    await pay(sending, { order_id, amount_minor: 20_000 })
    await receiver.has(4)

    await expect
      .poll(async () =>
        happenings(await whole(order_id, sending)).filter((what: string) => what === "event_delivered"),
      )
      .toHaveLength(4)
    const body = await whole(order_id, sending)
    const seen = body.outgoing_events.map(
      // oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
      (event: any) => [event.webhook_id, event.deliveries.map((one: any) => one.endpoint_id).toSorted()],
    )
    expect(new Map(seen)).toEqual(
      new Map([
        [`order_created-${order_id}`, [everything]],
        [`order_paid-${order_id}`, [everything, paid]],
        [`payment_refund_due-${order_id}-1`, [everything]],
      ]),
    )
    expect(body.timeline.map(({ of }: { of: string | null }) => of)).toContain(
      `${paid}/order_paid-${order_id}`,
    )
  })

  test("an unknown order is not found, and only the shop may ask", async () => {
    await using closed = await startClosedApp()
    for (const id of ["4000000", "0", "x", "1e3", "99999999999999999999"]) {
      expect(await app.get(`/api/admin/orders/${id}`)).toBeProblem(404, "order_not_found")
    }
    const { id } = await offer(closed, {}, ADMIN_TOKEN)
    const { hold_id, token } = await hold(closed, id)
    const { order_id } = await order(closed, hold_id, token)
    const path = `/api/admin/orders/${order_id}`
    expect((await closed.get(path)).status).toBe(401)
    expect((await closed.get(path, { token })).status).toBe(403)
    const answer = await closed.get(path, { token: ADMIN_TOKEN })
    expect([answer.status, answer.headers["cache-control"]]).toEqual([200, "no-store"])
  })
})
