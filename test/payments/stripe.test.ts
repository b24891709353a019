import { describe, expect, test } from "vitest"
import { createStripeProvider } from "../../src/payments/stripe.ts"
import {
  disputeOf,
  intentWith,
  stripeEvent,
  stripeSettings,
  stripeSignature,
} from "../support/fake-stripe.ts"

const SENT = 1_764_244_800

/** Reads a signed message, with a provider that needs no network. */
function read(payload: string, given: { secret?: string; at?: number; signature?: string | string[] } = {}) {
  const { secret, at = SENT } = given
  const signing = { timestamp: SENT, ...(secret === undefined ? {} : { secret }) }
  const signature = given.signature ?? stripeSignature(payload, signing)
  const headers = { "stripe-signature": signature }
  return createStripeProvider(stripeSettings()).readWebhook({ headers, body: payload, nowSeconds: at })
}

const succeeded = (given: object = {}) => stripeEvent("payment_intent.succeeded", intentWith(given))

describe("a signature", () => {
  const good = succeeded()
  const bySecond = stripeSignature(good, { timestamp: SENT, secret: "whsec_another" }).split(",v1=")[1]

  test.each([
    ["of Stripe", {}, "events"],
    ["300 seconds old", { at: SENT + 300 }, "events"],
    ["301 seconds old", { at: SENT + 301 }, "not authentic"],
    ["by another key", { secret: "whsec_another" }, "not authentic"],
    ["that is empty", { signature: "" }, "not authentic"],
    ["that comes twice", { signature: [stripeSignature(good), stripeSignature(good)] }, "not authentic"],
    ["without a time", { signature: stripeSignature(good).replace(/^t=\d+,/, "") }, "not authentic"],
    [
      "of another time",
      { signature: stripeSignature(good, { timestamp: SENT - 1 }).replace(`${SENT - 1}`, `${SENT}`) },
      "not authentic",
    ],
    [
      "of another scheme",
      { signature: stripeSignature(good, { timestamp: SENT }).replace("v1=", "v0=") },
      "not authentic",
    ],
    ["that is garbage", { signature: "t=,v1=,,=," }, "not authentic"],
    [
      "by two keys, as while one is rolled",
      { signature: `t=${SENT},v1=${bySecond},${stripeSignature(good, { timestamp: SENT }).split(",")[1]}` },
      "events",
    ],
  ])("%s: %s %s", async (_, given, kind) => {
    expect(await read(good, given)).toMatchObject({ kind })
  })

  test("is refused for a changed body, and for an empty one", async () => {
    const signature = stripeSignature(good, { timestamp: SENT })
    for (const body of [good.replace("19998", "29998"), `${good} `, "", "{}"]) {
      expect(await read(body, { signature })).toMatchObject({ kind: "not authentic" })
    }
  })

  test("that is missing is required", async () => {
    const message = { headers: {}, body: good, nowSeconds: SENT }
    expect(await createStripeProvider(stripeSettings()).readWebhook(message)).toEqual({
      kind: "not authentic",
      detail: "stripe-signature is required",
    })
  })

  test.each([
    "not json",
    "null",
    "7",
    "[]",
    "{}",
    '{"type":"payment_intent.succeeded","data":{}}',
    '{"type":"x","data":{"object":null}}',
  ])("of a body that is no event is authentic and not understood: %s", async (body) => {
    expect(await read(body)).toMatchObject({ kind: "not understood" })
  })
})

test("a thin event of Stripe is refused with the reason", async () => {
  expect(await read('{"object":"v2.core.event"}')).toEqual({
    kind: "not authentic",
    detail: "You passed a thin event notification to a function that expects a webhook",
  })
})

describe("a payment intent", () => {
  test("that succeeded is an event with the received amount and its own key", async () => {
    const metadata = { order_id: "11", hold_id: "1", product_id: "2", quantity: "3", cart: "x" }
    const reading = await read(succeeded({ amount: 5, metadata }))
    const event = {
      provider: "stripe",
      key: "pi_1 succeeded",
      fingerprint: expect.stringMatching(/^[\w-]{43}$/),
      kind: "succeeded",
      orderId: 11,
      paymentId: "pi_1",
      amountMinor: 19_998,
      currency: "EUR",
      holdId: 1,
      productId: 2,
      quantity: 3,
      disputeId: null,
    }
    expect(reading).toEqual({ kind: "events", events: [{ about: "payment", event }] })
  })

  test("is the same event in every message, and a different one with another amount", async () => {
    const first = await read(stripeEvent("payment_intent.succeeded", intentWith(), "evt_1"))
    const later = intentWith({ metadata: { order_id: "11", note: "changed" }, description: "x" })
    expect(await read(stripeEvent("payment_intent.succeeded", later, "evt_2"))).toEqual(first)
    expect(await read(succeeded({ amount_received: 1 }))).not.toEqual(first)
  })

  test("that was canceled is an event without an amount", async () => {
    const intent = intentWith({ status: "canceled", amount_received: 0 })
    expect(await read(stripeEvent("payment_intent.canceled", intent))).toMatchObject({
      kind: "events",
      events: [{ event: { key: "pi_1 canceled", kind: "cancelled", amountMinor: null, currency: null } }],
    })
  })

  test.each([
    ["payment_intent.payment_failed", intentWith({ status: "requires_payment_method" })],
    ["payment_intent.amount_capturable_updated", intentWith({ status: "requires_capture" })],
    ["payment_intent.created", intentWith({ status: "requires_payment_method" })],
    ["charge.succeeded", { id: "ch_1", metadata: { order_id: "11" } }],
    ["something.new", {}],
  ])("has not ended with %s", async (type, object) => {
    expect(await read(stripeEvent(type, object))).toEqual({ kind: "events", events: [] })
  })

  test("that is processing has no event, and a reason for the log, because its result may come too late", async () => {
    const intent = intentWith({ status: "processing" })
    const ignored = expect.stringMatching(/^pi_1 of order 11 is processing/)
    const reading = await read(stripeEvent("payment_intent.processing", intent))
    expect(reading).toEqual({ kind: "events", events: [], ignored })
    const others = stripeEvent("payment_intent.processing", { ...intent, metadata: {} })
    expect(await read(others)).toEqual({ kind: "events", events: [] })
  })

  test.each([
    {},
    null,
    { order_id: "" },
    { order_id: "0" },
    { order_id: "A-17" },
    { order_id: "1.5" },
    { order_id: "9".repeat(16) },
    { hold_id: "1" },
  ])("that names no order has no event, and a reason for the log: %j", async (metadata) => {
    const ignored = expect.stringMatching(/^pi_1 has succeeded and names .*: its metadata need order_id$/)
    expect(await read(succeeded({ metadata }))).toEqual({ kind: "events", events: [], ignored })
  })

  // Stripe's amount, then Doorbuster's; null: not understood.
  test.each([
    ["usd", 1099, 1099],
    ["jpy", 500, 500],
    ["krw", 500, 500],
    ["mga", 500, 500],
    ["kwd", 5120, 5120],
    ["isk", 500, 5],
    ["ugx", 500, 5],
    ["huf", 1_000, 10],
    ["isk", 550, null],
    ["huf", 1_045, null],
    ["zzz", 100, null],
    ["usd", 10.5, null],
    ["usd", -1, null],
    ["usd", 2 ** 60, null],
  ])("in %s with amount %d", async (currency, amount, ours) => {
    const reading = await read(succeeded({ currency, amount_received: amount }))
    expect(reading).toMatchObject(
      ours === null
        ? { kind: "not understood", detail: `pi_1: the amount ${amount} ${currency} cannot be converted` }
        : { events: [{ event: { amountMinor: ours, currency: currency.toUpperCase() } }] },
    )
  })
})

describe("an event about a dispute", () => {
  const kinds = { needs_response: "opened", under_review: "opened", won: "won", lost: "lost" }
  const types = ["created", "updated", "funds_withdrawn", "funds_reinstated", "closed"]
  test.each(types.flatMap((type) => Object.entries(kinds).map(([status, kind]) => [type, status, kind])))(
    "of type charge.dispute.%s with status %s says that it was %s",
    async (type, status, kind) => {
      expect(await read(stripeEvent(`charge.dispute.${type}`, disputeOf({ status })))).toEqual({
        kind: "events",
        events: [
          {
            about: "dispute",
            event: {
              provider: "stripe",
              key: `dp_1 dispute_${kind} 19998 eur`,
              fingerprint: expect.any(String),
              kind: `dispute_${kind}`,
              orderId: null,
              paymentId: "pi_1",
              disputeId: "dp_1",
              amountMinor: 19_998,
              currency: "EUR",
              holdId: null,
              productId: null,
              quantity: null,
            },
          },
        ],
      })
    },
  )

  test("is the same event whichever message tells of it", async () => {
    const first = await read(stripeEvent("charge.dispute.created", disputeOf(), "evt_1"))
    const review = disputeOf({ status: "under_review", evidence: {} })
    expect(await read(stripeEvent("charge.dispute.updated", review, "evt_2"))).toEqual(first)
  })

  // An inquiry takes no money, and a charge without a PaymentIntent is of no order here.
  test.each([
    { status: "warning_needs_response" },
    { status: "warning_under_review" },
    { status: "warning_closed" },
    { status: "dreaming" },
    { payment_intent: null },
  ])("is ignored with %j", async (given) => {
    const reading = await read(stripeEvent("charge.dispute.created", disputeOf(given)))
    expect(reading).toEqual({ kind: "events", events: [] })
  })

  test.each([
    [{ payment_intent: { id: "pi_7" } }, { paymentId: "pi_7" }],
    [
      { amount: 500, currency: "isk" },
      { amountMinor: 5, currency: "ISK" },
    ],
    // The amount cannot be converted, so the dispute is of the whole payment.
    [
      { amount: 550, currency: "isk" },
      { amountMinor: null, currency: null },
    ],
  ])("with %j says %j", async (given, event) => {
    const reading = await read(stripeEvent("charge.dispute.created", disputeOf(given)))
    expect(reading).toMatchObject({ events: [{ event }] })
  })
})

describe("an event about a refund", () => {
  const refundWith = (given: object = {}) => ({
    id: "re_1",
    object: "refund",
    status: "succeeded",
    amount: 500,
    currency: "eur",
    payment_intent: "pi_1",
    metadata: { doorbuster_refund_id: "11-1" },
    ...given,
  })
  const confirmed = {
    refundId: "11-1",
    paymentId: "pi_1",
    status: "confirmed",
    providerRefundId: "re_1",
    amountMinor: 500,
    currency: "EUR",
    error: null,
  }
  const elsewhere = { ...confirmed, refundId: null }
  const failed = { ...confirmed, status: "failed" }

  test.each([
    ["refund.updated", {}, confirmed],
    ["refund.created", {}, confirmed],
    ["charge.refund.updated", {}, confirmed],
    [
      "refund.failed",
      { status: "failed", failure_reason: "declined" },
      { ...failed, error: "re_1 failed: declined" },
    ],
    ["refund.updated", { status: "canceled" }, { ...failed, error: "re_1 canceled: no reason given" }],
    ["refund.updated", { status: "pending" }, null],
    ["refund.updated", { status: "requires_action" }, null],
    ["refund.updated", { status: "dreaming" }, null],
    ["refund.updated", { amount: undefined }, { ...confirmed, amountMinor: null, currency: null }],
    // Made in the Dashboard.
    ["refund.created", { metadata: {} }, elsewhere],
    ["refund.created", { metadata: null }, elsewhere],
    ["refund.created", { metadata: {}, status: "pending" }, { ...elsewhere, status: "sent" }],
    ["refund.created", { metadata: {}, amount: 0.5 }, { ...elsewhere, amountMinor: null, currency: null }],
    ["refund.created", { metadata: {}, payment_intent: null }, null],
  ])("of type %s with %j", async (type, given, refund) => {
    expect(await read(stripeEvent(type, refundWith(given)))).toEqual({
      kind: "events",
      events: refund === null ? [] : [{ about: "refund", refund }],
    })
  })

  test.each([
    ["charge.refunded", { id: "ch_1", refunds: { data: [null] } }],
    ["charge.dispute.created", { id: "dp_1", status: "needs_response", payment_intent: "pi_1", amount: 5 }],
  ])("of type %s that lacks members is not understood: %j", async (type, object) => {
    expect(await read(stripeEvent(type, object))).toMatchObject({ kind: "not understood" })
  })

  test("is taken from a charge that lists its refunds", async () => {
    const data = [refundWith(), refundWith({ metadata: {} }), refundWith({ status: "pending" })]
    const charge = { id: "ch_1", refunds: { object: "list", data } }
    expect(await read(stripeEvent("charge.refunded", charge))).toEqual({
      kind: "events",
      events: [confirmed, elsewhere].map((refund) => ({ about: "refund", refund })),
    })
    expect(await read(stripeEvent("charge.refunded", { id: "ch_1" }))).toMatchObject({ events: [] })
  })
})
