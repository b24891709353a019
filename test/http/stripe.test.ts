import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import {
  intentWith,
  startFakeStripe,
  stripeEvent,
  stripeSettings,
  stripeSignature,
  type FakeStripe,
} from "../support/fake-stripe.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { hold, offer, pendingOrder, productNow } from "../support/shop.ts"

let fake: FakeStripe
let app: TestApp
beforeAll(async () => {
  fake = await startFakeStripe()
  app = await startTestApp({ config: { stripe: stripeSettings(fake.url) }, worker: true })
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await fake[Symbol.asyncDispose]()
})

let last = 0
/** A PaymentIntent for an order, as the order's page opens it. */
function intentFor(order: { order_id: number; total_minor: number }, given: object = {}) {
  last += 1
  const { order_id, total_minor } = order
  const metadata = { order_id: String(order_id) }
  return intentWith({
    id: `pi_${last}`,
    amount: total_minor,
    amount_received: total_minor,
    metadata,
    ...given,
  })
}

function tell(type: string, object: unknown, signing: Parameters<typeof stripeSignature>[1] = {}) {
  const raw = stripeEvent(type, object)
  return sendSigned(raw, stripeSignature(raw, signing))
}

function sendSigned(raw: string, signature: string) {
  const headers = { "stripe-signature": signature, "content-type": "application/json; charset=utf-8" }
  return app.send("POST", "/api/payments/webhooks/stripe", { raw, headers })
}

const statusOf = async (orderId: number) => (await app.get(`/api/orders/${orderId}`)).body.status
const refundsOf = async (orderId: number) => (await app.get(`/api/admin/orders/${orderId}/refunds`)).body.data
const now = () => Math.floor(Date.now() / 1000)

describe("a webhook of Stripe", () => {
  test("pays an order once, even if it is repeated", async () => {
    const order = await pendingOrder(app)
    const intent = intentFor(order)
    const answers = await Promise.all([1, 2, 3].map(() => tell("payment_intent.succeeded", intent)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { taken: 1 } })
    expect(await statusOf(order.order_id)).toBe("paid")
    expect(await productNow(app, order.product_id)).toMatchObject({ sold_stock: 1, reserved_stock: 0 })
    expect(await refundsOf(order.order_id)).toEqual([])
  })

  test("about a declined card leaves the order waiting for another card", async () => {
    const order = await pendingOrder(app)
    const intent = intentFor(order)
    const declined = { ...intent, status: "requires_payment_method", amount_received: 0 }
    expect(await tell("payment_intent.payment_failed", declined)).toMatchObject({ body: { taken: 0 } })
    expect(await statusOf(order.order_id)).toBe("pending_payment")
    await tell("payment_intent.succeeded", intent)
    expect(await statusOf(order.order_id)).toBe("paid")
  })

  test("about a canceled payment cancels the order and returns its units", async () => {
    const order = await pendingOrder(app)
    await tell("payment_intent.canceled", intentFor(order, { status: "canceled", amount_received: 0 }))
    expect(await statusOf(order.order_id)).toBe("cancelled")
    expect(await productNow(app, order.product_id)).toMatchObject({ available_stock: 100 })
  })

  test("that arrives before its order makes the order from the hold", async () => {
    const product = await offer(app)
    const { hold_id } = await hold(app, product.id, 2)
    const metadata = { order_id: "770001", hold_id: `${hold_id}`, product_id: `${product.id}`, quantity: "2" }
    await tell("payment_intent.succeeded", intentFor({ order_id: 0, total_minor: 19_998 }, { metadata }))
    expect(await statusOf(770_001)).toBe("paid")
  })

  test("about another shop's payment is accepted and has no effect", async () => {
    const other = intentWith({ id: "pi_other", metadata: {} })
    expect(await tell("payment_intent.succeeded", other)).toMatchObject({ status: 200, body: { taken: 0 } })
  })

  test.each([
    ["unsigned", (raw: string) => ({ raw, headers: {} })],
    ["by another key", (raw: string) => signed(raw, { secret: "whsec_another_key_0123" })],
    ["too old", (raw: string) => signed(raw, { timestamp: now() - 310 })],
    ["altered", (raw: string) => ({ ...signed(raw), raw: raw.replace('"succeeded"', '"Succeeded"') })],
    ["in the generic form", (raw: string) => ({ raw, headers: { "webhook-signature": "v1,x" } })],
  ])("that is %s is refused, and nothing changes", async (_, made) => {
    const order = await pendingOrder(app)
    const request = made(stripeEvent("payment_intent.succeeded", intentFor(order)))
    const answer = await app.send("POST", "/api/payments/webhooks/stripe", request)
    expect(answer).toBeProblem(401, "invalid_signature")
    expect(await statusOf(order.order_id)).toBe("pending_payment")
  })

  const signed = (raw: string, signing = {}) => ({
    raw,
    headers: { "stripe-signature": stripeSignature(raw, signing) },
  })

  test("about an amount that cannot be recorded is refused and logged", async () => {
    const order = await pendingOrder(app)
    const odd = intentFor(order, { currency: "isk", amount_received: 550 })
    const answer = await tell("payment_intent.succeeded", odd)
    expect(answer).toBeProblem(422, "invalid_request")
    expect(answer.body.errors).toEqual([
      { pointer: "", detail: `${String(odd["id"])}: the amount 550 isk cannot be converted` },
    ])
    const lines = () => app.log.filter(({ metric }) => metric === "webhook.refused")
    await expect.poll(() => lines().length).toBeGreaterThan(0)
  })

  test.each([
    ["no order", {}, "names no order"],
    ["an invalid order id", { order_id: "abc" }, 'names "abc" as its order'],
  ])("about a success with %s is accepted and logged", async (_what, metadata, why) => {
    const intent = intentFor(await pendingOrder(app), { metadata })
    expect((await tell("payment_intent.succeeded", intent)).body).toEqual({ message: "ok", taken: 0 })
    const line = () => app.log.findLast(({ metric }) => metric === "webhook.ignored")
    await expect.poll(line).toMatchObject({
      provider: "stripe",
      reason: `${String(intent["id"])} has succeeded and ${why}: its metadata need order_id`,
    })
  })
})

describe("a payment whose webhook was lost", () => {
  /** An order whose buyer has started to pay, shortly before it expires. */
  async function orderNearItsEnd(given: object = {}) {
    const order = await pendingOrder(app)
    const intent = intentFor(order, given)
    const payment_id = String(intent["id"])
    fake.intents.set(payment_id, intent)
    const attempt = { provider: "stripe", payment_id }
    expect(await app.post(`/api/orders/${order.order_id}/payment-attempts`, attempt)).toMatchObject({
      status: 200,
    })
    const end = "clock_timestamp() + interval '8 seconds'"
    await runSql(app.databaseUrl, `update orders set expires_at = ${end} where id = ${order.order_id}`)
    return { order, intent }
  }
  const soon = { timeout: 6_000, interval: 25 }

  test("is looked up before the order expires, and is applied once even if the webhook arrives later", async () => {
    const { order, intent } = await orderNearItsEnd()
    await expect.poll(() => statusOf(order.order_id), soon).toBe("paid")
    expect(await tell("payment_intent.succeeded", intent)).toMatchObject({ status: 200 })
    expect(await refundsOf(order.order_id)).toEqual([])
  })

  test("and that was canceled returns the units", async () => {
    const { order } = await orderNearItsEnd({ status: "canceled", amount_received: 0 })
    await expect.poll(() => statusOf(order.order_id), soon).toBe("cancelled")
  })
})

describe("a refund", () => {
  async function paidOrder() {
    const order = await pendingOrder(app)
    const intent = intentFor(order)
    await tell("payment_intent.succeeded", intent)
    return { order, intent }
  }
  async function settled(orderId: number, status: string): Promise<void> {
    await expect
      .poll(async () => (await refundsOf(orderId))[0]?.status, { timeout: 15_000, interval: 25 })
      .toBe(status)
  }

  test("is sent to Stripe by the worker and confirmed by the answer", async () => {
    const { order, intent } = await paidOrder()
    await app.post(`/api/admin/orders/${order.order_id}/refunds`, { amount_minor: null })
    await settled(order.order_id, "confirmed")
    expect(fake.refunds.at(-1)).toMatchObject({ payment_intent: intent["id"], amount: order.total_minor })
    expect(await statusOf(order.order_id)).toBe("refunded")
  })

  test("is confirmed by Stripe's webhook; webhooks about refunds of unknown payments have no effect", async () => {
    fake.refundStatus = "pending"
    const { order } = await paidOrder()
    await app.post(`/api/admin/orders/${order.order_id}/refunds`, { amount_minor: null })
    await settled(order.order_id, "sent")
    fake.refundStatus = "succeeded"
    const sent = fake.refunds.at(-1)
    const byHand = {
      ...sent,
      status: "succeeded",
      id: "re_by_hand",
      payment_intent: "pi_elsewhere",
      metadata: {},
    }
    expect(await tell("refund.updated", byHand)).toMatchObject({ status: 200, body: { taken: 1 } })
    const unknown = { ...byHand, metadata: { doorbuster_refund_id: "999999-1" } }
    expect(await tell("refund.updated", unknown)).toMatchObject({ status: 200, body: { taken: 1 } })
    expect(await statusOf(order.order_id)).toBe("paid")
    await tell("refund.updated", { ...sent, status: "succeeded" })
    expect((await refundsOf(order.order_id))[0]).toMatchObject({
      status: "confirmed",
      provider_refund_id: sent?.id,
    })
    expect(await statusOf(order.order_id)).toBe("refunded")
  })

  test("fails when the buyer's card is closed, and the order is paid again", async () => {
    const { order } = await paidOrder()
    await app.post(`/api/admin/orders/${order.order_id}/refunds`, { amount_minor: null })
    await settled(order.order_id, "confirmed")
    const failed = { ...fake.refunds.at(-1), status: "failed", failure_reason: "expired_or_canceled_card" }
    fake.refunds.splice(-1, 1, failed as (typeof fake.refunds)[number])
    expect((await tell("refund.failed", failed)).status).toBe(200)

    expect(await statusOf(order.order_id)).toBe("paid")
    const inbox = (await app.get("/api/admin/money")).body.data
    expect(inbox).toContainEqual(
      expect.objectContaining({
        why: expect.stringContaining("expired_or_canceled_card"),
        refund: expect.objectContaining({ order_id: order.order_id, status: "failed" }),
        actions: [expect.objectContaining({ name: "retry" }), expect.objectContaining({ name: "confirm" })],
      }),
    )
    await app.post(`/api/admin/refunds/${order.order_id}-1/retry`)
    await settled(order.order_id, "confirmed")
    // The repeated message is about the first try.
    await tell("charge.refund.updated", failed)
    expect(await statusOf(order.order_id)).toBe("refunded")
  })

  test("that was made in Stripe's Dashboard is recorded once, and the order is refunded", async () => {
    const { order, intent } = await paidOrder()
    const of = { object: "refund", payment_intent: intent["id"], currency: "eur", metadata: {} }
    const part = { ...of, id: `re_a${last}`, amount: 1, status: "succeeded" }
    const rest = { ...of, id: `re_b${last}`, amount: order.total_minor, status: "pending" }
    await Promise.all([1, 2, 3].map(() => tell("refund.created", part)))
    expect(await statusOf(order.order_id)).toBe("paid")
    await tell("refund.created", rest)
    await tell("refund.updated", { ...rest, status: "succeeded" })

    expect(await refundsOf(order.order_id)).toMatchObject([
      { reason: "elsewhere", amount_minor: 1, status: "confirmed", provider_refund_id: part.id },
      // Limited to what is left of the payment.
      { reason: "elsewhere", amount_minor: order.total_minor - 1, status: "confirmed" },
    ])
    expect(await statusOf(order.order_id)).toBe("refunded")
    const again = await app.post(`/api/admin/orders/${order.order_id}/refunds`, { amount_minor: 1 })
    expect(again).toBeProblem(409, "refund_over_payment", { refundable_minor: 0 })
  })

  test("that Stripe refuses appears in the money inbox with Stripe's message", async () => {
    const { order } = await paidOrder()
    const body = JSON.stringify({ error: { type: "invalid_request_error", message: "already disputed" } })
    fake.mishaps.push({ on: /^POST \/v1\/refunds/, mishap: { status: 400, body } })
    await app.post(`/api/admin/orders/${order.order_id}/refunds`, { amount_minor: null })
    await settled(order.order_id, "failed")
    const inbox = (await app.get("/api/admin/money")).body.data
    expect(JSON.stringify(inbox)).toContain("already disputed")
  })

  test("of a second payment of an order is sent automatically", async () => {
    const { order } = await paidOrder()
    await tell("payment_intent.succeeded", intentFor(order))
    await settled(order.order_id, "confirmed")
    expect(fake.refunds.at(-1)).toMatchObject({ payment_intent: `pi_${last}` })
    expect(await statusOf(order.order_id)).toBe("paid")
  })
})

test("after all these tests the log has no secret, and every unit and every cent is accounted for", async () => {
  const { secretKey, webhookSecret } = stripeSettings()
  const log = JSON.stringify(app.log)
  for (const secret of [secretKey, webhookSecret]) expect(log).not.toContain(secret)
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
