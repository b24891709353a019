import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { RefundInstruction } from "../../src/payments/provider.ts"
import { createStripeProvider } from "../../src/payments/stripe.ts"
import {
  intentWith,
  startFakeStripe,
  STRIPE_KEY,
  stripeEvent,
  stripeSettings,
  stripeSignature,
  type FakeStripe,
  type Mishap,
} from "../support/fake-stripe.ts"

let fake: FakeStripe
beforeEach(async () => {
  fake = await startFakeStripe()
})
afterEach(() => fake[Symbol.asyncDispose]())

const provider = (secretKey = STRIPE_KEY) =>
  createStripeProvider({ ...stripeSettings(fake.url), secretKey }, 300)
const order: RefundInstruction = {
  refundId: "11-1",
  orderId: 11,
  paymentId: "pi_1",
  amountMinor: 150,
  currency: "EUR",
  idempotencyKey: "doorbuster-refund-11-1",
}
const refund = (given: Partial<RefundInstruction> = {}) => provider().refund({ ...order, ...given })
const posts = () => fake.calls.filter(({ method }) => method === "POST")

test("a refund is sent with its key and Doorbuster's name for it", async () => {
  expect(await refund()).toEqual({ status: "confirmed", providerRefundId: "re_1" })
  expect(posts()).toMatchObject([
    {
      path: "/v1/refunds",
      headers: { authorization: `Bearer ${STRIPE_KEY}`, "idempotency-key": order.idempotencyKey },
      form: {
        payment_intent: "pi_1",
        amount: "150",
        "metadata[doorbuster_refund_id]": "11-1",
        "metadata[order_id]": "11",
      },
    },
  ])
})

test.each([
  ["pending", { status: "sent", providerRefundId: "re_1" }],
  ["requires_action", { status: "sent", providerRefundId: "re_1" }],
  ["failed", { status: "failed", error: "re_1 failed: no reason given", providerRefundId: "re_1" }],
  ["dreaming", { status: "not now", error: "Stripe's answer has no known status of refund re_1" }],
])("a refund with status %s is reported", async (status, report) => {
  fake.refundStatus = status
  expect(await refund()).toEqual(report)
})

test("a refund is sent once: repeated at once, after a lost answer, and when Stripe forgot the key", async () => {
  fake.mishaps.push({ on: /^POST/, mishap: "silence", done: true })
  expect(await refund()).toMatchObject({ status: "not now" })
  fake.forgetKeys()
  for (const _ of [1, 2]) expect(await refund()).toEqual({ status: "confirmed", providerRefundId: "re_1" })
  await Promise.all([
    refund({ refundId: "11-2", idempotencyKey: "2" }),
    refund({ refundId: "11-2", idempotencyKey: "2" }),
  ])
  expect(fake.refunds.map(({ metadata }) => metadata["doorbuster_refund_id"])).toEqual(["11-1", "11-2"])
})

test("a refund that failed is sent again on request, under another key", async () => {
  fake.refundStatus = "failed"
  expect(await refund()).toMatchObject({ status: "failed" })
  fake.refundStatus = "pending"
  expect(await refund()).toEqual({ status: "sent", providerRefundId: "re_2" })
  expect(await refund()).toEqual({ status: "sent", providerRefundId: "re_2" })
  expect(posts().map(({ headers }) => headers["idempotency-key"])).toEqual([
    "doorbuster-refund-11-1",
    "doorbuster-refund-11-1-after-1",
  ])
})

test("a refund is converted into Stripe's unit, and is not sent if that is not exact", async () => {
  await refund({ amountMinor: 5, currency: "ISK" })
  await refund({ refundId: "11-2", idempotencyKey: "2", amountMinor: 500, currency: "JPY" })
  expect(fake.refunds.map(({ amount }) => amount)).toEqual([500, 500])
  const report = await refund({ refundId: "11-3", amountMinor: 2 ** 52, currency: "ISK" })
  expect(report).toMatchObject({ status: "failed", error: expect.stringContaining("ISK") })
  expect(fake.refunds).toHaveLength(2)
})

const error = (status: number, more: object = {}, headers = {}): Mishap => ({
  status,
  headers,
  body: JSON.stringify({ error: { message: "so it is", type: "invalid_request_error", ...more } }),
})

test.each<[string, Mishap, "failed" | "not now"]>([
  ["Stripe refuses it", error(400, { code: "charge_already_refunded" }), "failed"],
  ["the payment is unknown", error(404, { code: "resource_missing" }), "failed"],
  ["the card is closed", error(402, { type: "card_error" }), "failed"],
  ["the key is wrong", error(401), "not now"],
  ["the key lacks the permission", error(403), "not now"],
  ["a request with its key is under way", error(409, { type: "idempotency_error" }), "not now"],
  ["its key came with another content", error(400, { type: "idempotency_error" }), "not now"],
  ["the rate limit is reached", error(429, { code: "rate_limit" }, { "retry-after": "30" }), "not now"],
  [
    "the rate limit is reached and Stripe advises a retry",
    error(429, {}, { "retry-after": "30", "stripe-should-retry": "true" }),
    "not now",
  ],
  ["Stripe has an internal error", error(500), "not now"],
  ["Stripe is unavailable", { status: 503, body: "<html>" }, "not now"],
  ["Stripe answers garbage", { status: 200, body: "<html>" }, "not now"],
  ["Stripe answers nothing", { status: 200, body: "" }, "not now"],
  ["Stripe answers null", { status: 200, body: "null" }, "not now"],
  ["Stripe answers an empty object", { status: 200, body: "{}" }, "not now"],
  ["Stripe does not answer", "silence", "not now"],
])("when %s (%j) a refund is %s, soon and without a retry", async (_, mishap, status) => {
  for (const on of [/^POST/, /^GET/]) {
    fake.calls.length = 0
    fake.mishaps.push({ on, mishap })
    const start = performance.now()
    const report = await refund({ idempotencyKey: String(on) })
    expect(performance.now() - start).toBeLessThan(2_000)
    expect(report).toMatchObject({ status, error: expect.stringMatching(/./) })
    expect(fake.calls).toHaveLength(on.test("GET") ? 1 : 2)
  }
})

test("a call whose connection ends before the answer is repeated once, under the same key", async () => {
  fake.mishaps.push({ on: /^POST/, mishap: "cut", done: true })
  expect(await refund()).toEqual({ status: "confirmed", providerRefundId: "re_1" })
  expect(fake.refunds).toHaveLength(1)
  fake.mishaps.push({ on: /^POST/, mishap: "cut" }, { on: /^POST/, mishap: "cut" })
  expect(await refund({ refundId: "11-2", idempotencyKey: "2" })).toMatchObject({ status: "not now" })
})

test("while Stripe cannot be reached, a refund is reported as not now and a look-up as open", async () => {
  const url = fake.url
  await fake[Symbol.asyncDispose]()
  const unreachable = createStripeProvider(stripeSettings(url), 300)
  expect(await unreachable.refund(order)).toMatchObject({ status: "not now" })
  expect(await unreachable.lookUp({ orderId: 11, paymentId: "pi_1" })).toEqual({ status: "open" })
  await expect(unreachable.cancel(instruction)).rejects.toThrow("connection")
  fake = await startFakeStripe()
})

const reference = { orderId: 11, paymentId: "pi_1" }

test("a look-up returns the same event as the webhook", async () => {
  const metadata = { order_id: "11", hold_id: "1", product_id: "2", quantity: "3" }
  fake.intents.set("pi_1", intentWith({ metadata }))
  const body = stripeEvent("payment_intent.succeeded", intentWith({ metadata }))
  const headers = { "stripe-signature": stripeSignature(body) }
  const reading = await provider().readWebhook({ headers, body, nowSeconds: Date.now() / 1000 })
  const [first] = reading.kind === "events" ? reading.events : []
  const event = first?.about === "payment" ? first.event : null
  expect(event).not.toBeNull()
  expect(await provider().lookUp(reference)).toEqual({ status: "succeeded", event })
})

test.each([
  [{ status: "canceled" }, "over"],
  [{ status: "requires_payment_method" }, "open"],
  [{ status: "requires_action" }, "open"],
  [{ status: "requires_capture" }, "open"],
  [{ status: "processing" }, "open"],
  [{ metadata: {} }, "open"],
  [{ currency: "zzz" }, "open"],
])("a look-up of a payment with %j is %s", async (given, status) => {
  fake.intents.set("pi_1", intentWith(given))
  expect(await provider().lookUp(reference)).toEqual({ status })
})

test.each<Mishap>([error(404), error(401), error(429), error(500), { status: 200, body: "<" }, "silence"])(
  "a look-up that gets %j is open",
  async (mishap) => {
    fake.intents.set("pi_1", intentWith())
    fake.mishaps.push({ on: /^GET/, mishap })
    expect(await provider().lookUp(reference)).toEqual({ status: "open" })
  },
)

// The id comes from a buyer's page.
test.each([
  "../refunds",
  "..",
  "pi_1/cancel",
  "pi_1?x=1",
  "pi_1#",
  "%2e",
  "",
  "ch_1",
  "pi_1\r\nx: y",
  "pi_ü",
])("a look-up of %j sends no call", async (paymentId) => {
  expect(await provider().lookUp({ orderId: 11, paymentId })).toEqual({ status: "open" })
  expect(fake.calls).toEqual([])
})

const instruction = { ...reference, holdId: 5, idempotencyKey: "doorbuster-cancel-11-pi_1" }
const open = { status: "requires_payment_method" }

test("an open payment is cancelled under its key, and an ended one is left as it is", async () => {
  fake.intents.set("pi_1", intentWith(open))
  for (const _ of [1, 2]) expect(await provider().cancel(instruction)).toEqual({ status: "over" })
  expect(fake.intents.get("pi_1")).toMatchObject({ status: "canceled" })
  const key = "doorbuster-cancel-11-pi_1-requires_payment_method"
  expect(posts()).toMatchObject([
    { path: "/v1/payment_intents/pi_1/cancel", headers: { "idempotency-key": key } },
  ])
})

test("cancelling a payment that has succeeded returns the event of its webhook", async () => {
  fake.intents.set("pi_1", intentWith())
  expect(await provider().cancel(instruction)).toEqual(await provider().lookUp(reference))
  expect(posts()).toEqual([])
})

// The id comes from a buyer's page and may be another buyer's payment.
test.each([
  ["another order", { metadata: { order_id: "12" } }],
  ["another hold", { metadata: { order_id: "11", hold_id: "6" } }],
  ["no order here", { metadata: {} }],
])("a payment of %s is not cancelled", async (_, given) => {
  fake.intents.set("pi_1", intentWith({ ...open, ...given }))
  expect(await provider().cancel(instruction)).toEqual({ status: "not ours" })
  expect(posts()).toEqual([])
})

test("a payment that names the order's hold and another order's id is the order's", async () => {
  fake.intents.set("pi_1", intentWith({ ...open, metadata: { order_id: "5000", hold_id: "5" } }))
  expect(await provider().cancel(instruction)).toEqual({ status: "over" })
})

test.each(["pi_7", "../refunds", "pi_1/cancel", ""])("%j cannot be cancelled", async (paymentId) => {
  expect(await provider().cancel({ ...instruction, paymentId })).toEqual({ status: "not ours" })
  expect(posts()).toEqual([])
})

test("a refused cancellation is thrown", async () => {
  fake.intents.set("pi_1", intentWith({ status: "processing" }))
  await expect(provider().cancel(instruction)).rejects.toThrow("You cannot cancel")
  await expect(provider("sk_test_another_key").cancel(instruction)).rejects.toThrow("Invalid API Key")
  // Stripe repeats the refusal under its key; another state has another key.
  fake.intents.set("pi_1", intentWith(open))
  expect(await provider().cancel(instruction)).toEqual({ status: "over" })
})

describe("opening a payment", () => {
  const request = {
    orderId: 11,
    holdId: 12,
    productId: 13,
    qty: 2,
    amountMinor: 19_998,
    currency: "EUR",
    goods: null,
    reference: null,
    metadata: null,
    startedPaymentId: null,
    idempotencyKey: "doorbuster-order-11-1",
  }
  const open = (given: object = {}) => provider().open({ ...request, ...given })

  test("creates a PaymentIntent with the order's total and ids, under its key", async () => {
    const report = await open()

    const paymentId = [...fake.intents.keys()][0]
    expect(report).toEqual({ status: "open", paymentId, clientSecret: `${paymentId}_secret_0123456789` })
    expect(posts()).toMatchObject([
      {
        path: "/v1/payment_intents",
        headers: { "idempotency-key": `${request.idempotencyKey}-at-once` },
        form: {
          amount: "19998",
          currency: "eur",
          "automatic_payment_methods[enabled]": "true",
          "metadata[order_id]": "11",
          "metadata[hold_id]": "12",
          "metadata[product_id]": "13",
          "metadata[quantity]": "2",
        },
      },
    ])
  })

  test("excludes methods whose result takes days, unless the shop wants them", async () => {
    await open()
    const excluded = Object.entries(posts()[0]?.form ?? {}).filter(([name]) => name.startsWith("excluded_"))
    expect(excluded.map(([, method]) => method)).toContain("sepa_debit")

    const withDelayed = createStripeProvider({ ...stripeSettings(fake.url), offersDelayedMethods: true }, 300)
    await withDelayed.open({ ...request, orderId: 12 })
    expect(posts()[1]?.headers["idempotency-key"]).toBe(request.idempotencyKey)
    expect(Object.keys(posts()[1]?.form ?? {}).filter((name) => name.startsWith("excluded_"))).toEqual([])
  })

  test("sends the amount in Stripe's unit", async () => {
    await open({ amountMinor: 500, currency: "ISK" })
    expect(posts()[0]?.form).toMatchObject({ amount: "50000", currency: "isk" })
  })

  test("again returns the same payment, also when Stripe forgot the key", async () => {
    const first = await open()
    fake.forgetKeys()
    const startedPaymentId = first.status === "open" ? first.paymentId : ""

    expect(await open({ startedPaymentId })).toEqual(first)
    expect(fake.intents.size).toBe(1)
  })

  test.each([
    ["another order's", { metadata: { order_id: "11", hold_id: "99" } }],
    ["an unknown order's", { metadata: {} }],
  ])("does not give out the secret of %s payment that a page has named", async (_, given) => {
    fake.intents.set("pi_other", intentWith({ id: "pi_other", client_secret: "theirs", ...given }))

    for (const startedPaymentId of ["pi_other", "pi_missing", "../refunds", ""]) {
      expect(await open({ startedPaymentId })).toMatchObject({ status: "open", paymentId: "pi_opened2" })
    }
  })

  test.each([
    [{ status: 400, body: `{"error":{"type":"invalid_request_error","message":"too small"}}` }, "refused"],
    [{ status: 402, body: `{"error":{"type":"card_error","message":"no"}}` }, "refused"],
    [{ status: 401, body: `{"error":{"type":"invalid_request_error","message":"key"}}` }, "not now"],
    [{ status: 429, body: `{"error":{"type":"rate_limit_error","message":"slow"}}` }, "not now"],
    [{ status: 500, body: "{}" }, "not now"],
    ["silence" as const, "not now"],
  ] satisfies [Mishap, string][])("%j is %s", async (mishap, status) => {
    fake.mishaps.push({ on: /POST .v1.payment_intents/, mishap })

    expect(await open()).toMatchObject({ status, error: expect.stringMatching(/./) })
  })

  test("is refused for an amount that Stripe cannot represent", async () => {
    expect(await open({ amountMinor: 2 ** 53 - 1, currency: "ISK" })).toMatchObject({ status: "refused" })
    expect(fake.calls).toEqual([])
  })
})
