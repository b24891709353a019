import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type {
  PaymentProvider,
  ProviderEvent,
  WebhookReading,
  WebhookMessage,
} from "../../src/payments/provider.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { eventWith } from "../support/builders.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { pay, pendingOrder } from "../support/shop.ts"

/** A provider that accepts a fixed header as its signature, and takes the events from the body. */
const parrot: PaymentProvider = {
  name: "parrot",
  readWebhook({ headers, body, nowSeconds }: WebhookMessage): WebhookReading {
    if (headers["x-parrot"] !== "polly") return { kind: "not authentic", detail: "polly says no" }
    if (Math.abs(nowSeconds - Date.now() / 1000) > 5) throw new Error("what time is it?")
    if (!body.startsWith("{")) return { kind: "not understood", detail: "polly wants a {" }
    return { kind: "events", events: (JSON.parse(body) as { events: ProviderEvent[] }).events }
  },
}

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ providers: [parrot, { name: "mute" }] })
})
afterAll(() => app[Symbol.asyncDispose]())

const tell = (events: readonly ProviderEvent[], headers: Record<string, string> = { "x-parrot": "polly" }) =>
  app.send("POST", "/api/payments/webhooks/parrot", { raw: JSON.stringify({ events }), headers })

const success = (orderId: number, key: string) =>
  ({ about: "payment", event: eventWith({ provider: "parrot", key, orderId, paymentId: key }) }) as const

describe("a provider's own webhook", () => {
  test("pays an order once, even if it is repeated", async () => {
    const { order_id } = await pendingOrder(app)
    const answers = await Promise.all([1, 2, 3].map(() => tell([success(order_id, "parrot-1")])))
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { taken: 1 } })
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
  })

  test("may report several payments, and each of them counts", async () => {
    const orders = [await pendingOrder(app), await pendingOrder(app)]
    const answer = await tell(orders.map(({ order_id }) => success(order_id, `several-${order_id}`)))
    expect(answer).toMatchObject({ status: 200, body: { taken: 2 } })
    for (const { order_id } of orders) {
      expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
    }
  })

  test("settles a refund that Doorbuster has sent, and changes no others", async () => {
    const { order_id } = await pendingOrder(app)
    await tell([success(order_id, "parrot-6")])
    await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: null })
    const refund = { status: "confirmed", paymentId: null, providerRefundId: "re_1", error: null } as const
    const about = (refundId: string, more = {}) =>
      ({ about: "refund", refund: { ...refund, refundId, ...more } }) as const

    const answer = await tell([
      about(`${order_id}-1`),
      about("7-77"),
      about("what?"),
      about(`${order_id}-1`, { status: "failed", providerRefundId: "re_2" }),
    ])

    expect(answer).toMatchObject({ status: 200, body: { taken: 4 } })
    expect((await app.get(`/api/admin/orders/${order_id}/refunds`)).body.data).toMatchObject([
      { status: "confirmed", provider_refund_id: "re_1" },
    ])
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("refunded")
  })

  test.each([
    ["of another payment", "parrot-7", "of-another-installation"],
    ["of another provider's payment", null, null],
  ])("about a refund %s is not ours", async (_what, key, paymentId) => {
    const { order_id } = await pendingOrder(app)
    if (key === null) await pay(app, { order_id })
    else await tell([success(order_id, key)])
    await app.post(`/api/admin/orders/${order_id}/refunds`, { amount_minor: null })
    const refund = {
      refundId: `${order_id}-1`,
      status: "confirmed",
      providerRefundId: "re_9",
      error: null,
    } as const

    expect((await tell([{ about: "refund", refund: { ...refund, paymentId } }])).status).toBe(200)
    expect((await app.get(`/api/admin/orders/${order_id}/refunds`)).body.data).toMatchObject([
      { status: "due", provider_refund_id: null },
    ])
  })

  test("reports a refund that was made at the provider, and its failure", async () => {
    const endpoint = { url: "https://shop.example/hook", types: ["payment.refund_failed"] }
    expect((await app.post("/api/admin/webhooks", endpoint)).status).toBe(201)
    const { order_id, total_minor } = await pendingOrder(app)
    await tell([success(order_id, "parrot-8")])
    const money = { amountMinor: total_minor, currency: "EUR" }
    const refund = { refundId: null, paymentId: "parrot-8", providerRefundId: "re_8", error: null, ...money }
    const say = (status: "confirmed" | "failed", more = {}) =>
      tell([{ about: "refund", refund: { ...refund, status, ...more } }])

    await say("confirmed", { paymentId: "nobody's" })
    await say("confirmed", { amountMinor: null })
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
    await say("confirmed")
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("refunded")
    await say("failed", { error: "the card is closed" })
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
    await say("confirmed")
    expect((await app.get(`/api/admin/orders/${order_id}/refunds`)).body.data).toMatchObject([
      {
        reason: "elsewhere",
        status: "failed",
        last_error: "the card is closed",
        amount_minor: total_minor,
      },
    ])
    const ignored = app.log.filter(({ metric }) => metric === "webhook.ignored")
    expect(ignored).toContainEqual(
      expect.objectContaining({ reason: "refund re_8 is of a payment that is not here" }),
    )
    const { rows } = await app.app.engine.database.views.query<{ id: string; body: string }>(
      "select id, body from outbox where type = 'payment.refund_failed'",
    )
    expect(rows).toMatchObject([{ id: `payment_refund_failed-${order_id}-1-1` }])
    expect(JSON.parse(rows[0]?.body ?? "").data).toMatchObject({
      order_status: "paid",
      error: "the card is closed",
    })
  })

  test("that concerns no order here is accepted", async () => {
    expect((await tell([])).body).toEqual({ message: "ok", taken: 0 })
  })

  test("with an invalid signature is refused and changes nothing", async () => {
    const { order_id } = await pendingOrder(app)
    const answer = await tell([success(order_id, "parrot-2")], {})
    expect(answer).toBeProblem(401, "invalid_signature")
    expect(answer.body.detail).toBe("polly says no")
    const refused = () => app.log.filter(({ metric }) => metric === "webhook.refused")
    await expect.poll(refused).toHaveLength(1)
    expect(refused()[0]).toMatchObject({ provider: "parrot", reason: "invalid_signature: polly says no" })
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("pending_payment")
  })

  test.each(["", "not json", "[1]", "\0", "x".repeat(60_000)])(
    "with an invalid body is refused: %s",
    async (raw) => {
      const request = { raw, headers: { "x-parrot": "polly", "content-type": "text/plain" } }
      expect(await app.send("POST", "/api/payments/webhooks/parrot", request)).toBeProblem(
        422,
        "invalid_request",
      )
    },
  )

  test.each<[string, object]>([
    ["an order's name", { orderId: "abc" }],
    ["no order", { orderId: null }],
    ["half an amount", { amountMinor: 10.5 }],
    ["a negative amount", { amountMinor: -1 }],
    ["an invalid currency", { currency: "euro" }],
    ["a payment that is a number", { paymentId: 7 }],
    ["a key with a line break", { key: "a\nb" }],
  ])("that its adapter reads as %s is refused, and is not logged as a fault", async (_what, odd) => {
    const { order_id } = await pendingOrder(app)
    const { about, event } = success(order_id, "parrot-4")
    const events = [success(order_id, "parrot-5"), { about, event: { ...event, ...odd } }] as ProviderEvent[]

    expect(await tell(events)).toBeProblem(422, "invalid_request")
    expect((await app.get(`/api/orders/${order_id}`)).body.status).toBe("pending_payment")
  })

  test("with a known key and other content is refused", async () => {
    const { order_id } = await pendingOrder(app)
    await tell([success(order_id, "parrot-3")])
    const other = {
      about: "payment",
      event: { ...success(order_id, "parrot-3").event, fingerprint: "other" },
    } as const
    expect(await tell([other])).toBeProblem(409, "idempotency_key_reused")
  })

  test.each(["mute", "nobody", "generic", "%00"])("of %s has no route", async (name) => {
    expect((await app.post(`/api/payments/webhooks/${name}`, {})).status).toBeGreaterThanOrEqual(400)
    expect((await app.post(`/api/payments/webhooks/${name}`, {})).status).toBeLessThan(405)
  })
})

test("after all these tests every unit and every cent is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
