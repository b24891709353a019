import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { refuseSignature } from "../../src/payments/standard-webhooks.ts"
import { startReceiver, type Received, type Receiver } from "../support/receiver.ts"
import {
  createPayment,
  SIMULATOR_SECRET,
  startTestSimulator,
  type TestSimulator,
} from "../support/simulator.ts"

let shop: Receiver
let simulator: TestSimulator
beforeAll(async () => {
  shop = await startReceiver()
  simulator = await startTestSimulator({ target: () => shop.url, lateMs: 300 })
})
afterAll(async () => {
  await simulator[Symbol.asyncDispose]()
  await shop[Symbol.asyncDispose]()
})

const bearer = { authorization: `Bearer ${SIMULATOR_SECRET.toString("base64")}` }
const refund = (
  paymentId: string,
  key: string,
  more: object = {},
  headers: Record<string, string> = bearer,
) =>
  simulator.post(
    "/refunds",
    { payment_id: paymentId, amount_minor: 100, currency: "USD", reference: "1-1", ...more },
    { headers: { ...headers, "idempotency-key": key } },
  )

const messagesAbout = (paymentId: string) =>
  shop.received.filter(({ event }) => (event.payment ?? event.refund).payment_id === paymentId)
async function receives(paymentId: string, count: number): Promise<void> {
  await expect.poll(() => messagesAbout(paymentId).length, { timeout: 10_000, interval: 10 }).toBe(count)
}

function isSigned({ headers, body }: Received): boolean {
  const [id, timestamp, signature] = ["id", "timestamp", "signature"].map((name) =>
    String(headers[`webhook-${name}`]),
  )
  return refuseSignature(SIMULATOR_SECRET, { id, timestamp, signature }, body, Date.now() / 1000) === null
}

test("connections are kept as long as Doorbuster keeps its own", async () => {
  const { headers } = await simulator.get("/books")
  expect(headers["keep-alive"]).toBe("timeout=75")
})

describe("a payment", () => {
  test("is created, looked up, and paid with one signed webhook", async () => {
    const hold = { hold_id: 7, product_id: 1, quantity: 2 }
    const { payment_id, pay_url } = await createPayment(simulator, hold)
    expect(pay_url).toBe(`${simulator.url}/pay/${payment_id}`)
    expect((await simulator.get(`/payments/${payment_id}`)).body).toMatchObject({
      status: "open",
      event: null,
    })

    const paid = await simulator.post(`/payments/${payment_id}/succeed`)

    expect(paid).toMatchObject({ status: 200, body: { status: "succeeded", captured_minor: 19_998 } })
    await receives(payment_id, 1)
    const [message] = messagesAbout(payment_id)
    expect(message?.event).toEqual({
      id: `evt_succeeded_${payment_id}`,
      type: "payment.succeeded",
      payment: { payment_id, order_id: 1, amount_minor: 19_998, currency: "USD", ...hold },
    })
    expect(message?.event).toEqual((await simulator.get(`/payments/${payment_id}`)).body.event)
    expect(message && isSigned(message)).toBe(true)
  })

  test("ends only once", async () => {
    const { payment_id } = await createPayment(simulator)
    expect((await simulator.post(`/payments/${payment_id}/decline`)).body.status).toBe("declined")
    for (const verb of ["succeed", "decline", "cancel"]) {
      expect(await simulator.post(`/payments/${payment_id}/${verb}`)).toMatchObject({
        status: 409,
        body: { error: "payment_not_open" },
      })
    }
    await receives(payment_id, 1)
    expect(messagesAbout(payment_id)[0]?.event.type).toBe("payment.failed")
  })

  test("is delivered with the copies, the forgery and the order that were asked for", async () => {
    const { payment_id } = await createPayment(simulator)
    await simulator.post(`/payments/${payment_id}/succeed`, {
      copies: 3,
      out_of_order: true,
      bad_signature: true,
      amount_minor: 5,
    })

    await receives(payment_id, 5)
    const messages = messagesAbout(payment_id)
    expect(messages.filter((message) => !isSigned(message)).map(({ event }) => event.type)).toEqual([
      "payment.succeeded",
    ])
    const types = messages.filter(isSigned).map(({ event }) => event.type)
    expect(types.filter((type) => type === "payment.succeeded")).toHaveLength(3)
    expect(types.indexOf("payment.failed")).toBeGreaterThan(0)
    expect(
      messages.map(({ event }) => event.payment.amount_minor).filter((amount) => amount === 5),
    ).toHaveLength(4)
  })

  test("can be cancelled while it is processing", async () => {
    const [slow, cancelled] = [await createPayment(simulator), await createPayment(simulator)]
    for (const { payment_id } of [slow, cancelled]) {
      const answer = await simulator.post(`/payments/${payment_id}/succeed`, { delay_ms: 200 })
      expect(answer.body.status).toBe("processing")
    }
    for (let time = 0; time < 2; time += 1) {
      const answer = await simulator.post(`/payments/${cancelled.payment_id}/cancel`, {})
      expect(answer).toMatchObject({ status: 200, body: { status: "cancelled" } })
    }
    await receives(slow.payment_id, 1)
    await receives(cancelled.payment_id, 1)
    expect(messagesAbout(cancelled.payment_id)[0]?.event.type).toBe("payment.cancelled")
    expect((await simulator.get(`/payments/${cancelled.payment_id}`)).body.captured_minor).toBe(0)
  })

  test.each([
    ["/payments", {}],
    ["/payments", { order_id: "1", amount_minor: 1, currency: "USD" }],
    ["/payments", { order_id: 1, amount_minor: -1, currency: "USD" }],
    ["/payments", { order_id: 1, amount_minor: 1, currency: "usd" }],
    ["/payments", { order_id: 1, amount_minor: 1, currency: "USD", more: 1 }],
    ["/payments", [1]],
  ])("%s refuses the body %j", async (path, body) => {
    expect(await simulator.post(path, body)).toMatchObject({
      status: 422,
      body: { error: "invalid_request" },
    })
  })

  test("requests of forms and of pages of other sites are refused", async () => {
    const raw = JSON.stringify({ order_id: 1, amount_minor: 1, currency: "USD" })
    const send = (headers: Record<string, string>) => simulator.post("/payments", undefined, { raw, headers })
    expect((await send({ "content-type": "text/plain" })).status).toBe(415)
    expect((await send({ origin: "https://evil.example" })).status).toBe(403)
    expect((await send({ host: "evil.example" })).status).toBe(403)
    expect((await send({ origin: "http://localhost:3000" })).status).toBe(201)
    expect((await simulator.post("/payments", { return_url: "x".repeat(20_000) })).status).toBe(413)
    expect((await simulator.post("/payments", undefined, { raw: "{" })).status).toBe(400)
  })

  test.each([["/"], ["/payments"], ["/payments/pay_none"], ["/nothing"], ["/payments/a/b/c/d"], ["//"]])(
    "%s is no route",
    async (path) => expect((await simulator.get(path)).status).toBe(404),
  )
})

describe("a refund", () => {
  async function paid(options: object = {}): Promise<string> {
    const { payment_id } = await createPayment(simulator)
    await simulator.post(`/payments/${payment_id}/succeed`, options)
    return payment_id
  }

  test("is made once per idempotency key, and confirmed by webhook", async () => {
    const id = await paid()
    const answers = await Promise.all([1, 2, 3].map(() => refund(id, `once-${id}`)))
    expect(new Set(answers.map(({ body }) => body.refund_id)).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 200, body: { status: "pending", reference: "1-1" } })
    await receives(id, 2)
    expect(messagesAbout(id)[1]?.event).toMatchObject({
      type: "refund.succeeded",
      refund: { reference: "1-1" },
    })
    expect((await refund(id, `once-${id}`)).body.status).toBe("succeeded")
    expect((await simulator.get(`/payments/${id}`)).body.refunded_minor).toBe(100)
    expect((await refund(id, `once-${id}`, { amount_minor: 99 })).body.error).toBe("idempotency_key_reused")
  })

  test("fails as often as asked for, then succeeds under the same key", async () => {
    const id = await paid({ fail_refunds: 1 })
    await refund(id, `fails-${id}`, { amount_minor: 19_998 })
    await receives(id, 2)
    expect(messagesAbout(id)[1]?.event).toMatchObject({
      type: "refund.failed",
      refund: { error: expect.any(String) },
    })
    expect((await refund(id, `fails-${id}`, { amount_minor: 19_998 })).body.status).toBe("pending")
    await receives(id, 3)
    expect(messagesAbout(id)[2]?.event.type).toBe("refund.succeeded")
  })

  test("is refused over the captured amount, in another currency, and without the secret", async () => {
    const id = await paid()
    const { payment_id: open } = await createPayment(simulator)
    await refund(id, `part-${id}`, { amount_minor: 19_900 })
    expect((await refund(id, `rest-${id}`, { amount_minor: 99 })).body.error).toBe("amount_too_high")
    expect((await refund(id, `euro-${id}`, { currency: "EUR" })).body.error).toBe("wrong_currency")
    expect((await refund(open, `open-${id}`)).body.error).toBe("payment_not_captured")
    expect((await refund("pay_none", `none-${id}`)).status).toBe(404)
    expect((await refund(id, `no-secret-${id}`, {}, {})).status).toBe(401)
    expect((await refund(id, "")).status).toBe(422)
  })

  test("can be made in the dashboard, and can fail after it has succeeded", async () => {
    const id = await paid()
    const part = await simulator.post(`/payments/${id}/refund`, { amount_minor: 98 })
    expect(part).toMatchObject({ status: 200, body: { refunded_minor: 98 } })
    expect((await simulator.post(`/payments/${id}/refund`)).body.refunded_minor).toBe(19_998)
    expect((await simulator.post(`/payments/${id}/refund`)).body.error).toBe("amount_too_high")
    await receives(id, 3)
    const { event } = messagesAbout(id).find((one) => one.event.refund?.amount_minor === 98) ?? {}
    expect(event).toMatchObject({ type: "refund.succeeded", refund: { reference: null, error: null } })

    const address = `/refunds/${event.refund.refund_id}/fail`
    expect((await simulator.post(address)).body).toMatchObject({ amount_minor: 98, status: "failed" })
    await receives(id, 4)
    expect((await simulator.get(`/payments/${id}`)).body.refunded_minor).toBe(19_900)
    expect((await simulator.post(address)).body.error).toBe("refund_not_back")
    expect((await simulator.post("/refunds/re_none/fail")).status).toBe(404)
    expect((await simulator.post("/payments/pay_none/refund")).status).toBe(404)
  })
})

describe("a dispute", () => {
  async function paid(): Promise<string> {
    const { payment_id } = await createPayment(simulator)
    await simulator.post(`/payments/${payment_id}/succeed`)
    return payment_id
  }
  const disputeEvents = (id: string) =>
    shop.received.flatMap(({ event }) => (event.dispute?.payment_id === id ? [event] : []))

  test("claims what is left, is notified, and leaves nothing to refund", async () => {
    const id = await paid()
    await refund(id, `before-${id}`)
    const { status, body } = await simulator.post(`/payments/${id}/dispute`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      disputed_minor: 19_898,
      dispute: { dispute_id: expect.stringMatching(/^dp_/), amount_minor: 19_898, status: "open" },
    })
    await expect
      .poll(() => disputeEvents(id))
      .toMatchObject([{ type: "dispute.opened", dispute: { amount_minor: 19_898, currency: "USD" } }])
    expect((await refund(id, `after-${id}`, { amount_minor: 1 })).body.error).toBe("amount_too_high")
    expect((await simulator.post(`/payments/${id}/dispute`)).status).toBe(409)
  })

  test.each([
    ["won", 0],
    ["lost", 5_000],
  ])("that is %s leaves %i disputed", async (end, disputed_minor) => {
    const id = await paid()
    await simulator.post(`/payments/${id}/dispute`, { amount_minor: 5_000 })
    const { body } = await simulator.post(`/payments/${id}/dispute/${end}`)
    expect(body).toMatchObject({ disputed_minor, dispute: { status: end } })
    await expect.poll(() => disputeEvents(id).map(({ type }) => type)).toContain(`dispute.${end}`)
    expect(new Set(disputeEvents(id).map((event) => event.id)).size).toBe(2)
    expect((await simulator.post(`/payments/${id}/dispute/${end}`)).status).toBe(409)
    const rest = await refund(id, `rest-${id}`, { amount_minor: 19_998 - disputed_minor })
    expect(rest.status).toBe(200)
  })

  test("needs a captured payment", async () => {
    const { payment_id: open } = await createPayment(simulator)
    expect((await simulator.post(`/payments/${open}/dispute`)).body.error).toBe("payment_not_captured")
    expect((await simulator.post(`/payments/${open}/dispute/won`)).body.error).toBe("dispute_not_open")
    expect((await simulator.post("/payments/pay_none/dispute")).status).toBe(404)
    const id = await paid()
    const tooMuch = await simulator.post(`/payments/${id}/dispute`, { amount_minor: 19_999 })
    expect(tooMuch.body.error).toBe("amount_too_high")
    expect((await simulator.post(`/payments/${id}/dispute`, { amount_minor: 0 })).status).toBe(422)
  })
})

test("GET /books sums every minor unit by order and by currency", async () => {
  await using own = await startTestSimulator({ target: () => shop.url })
  const payments = []
  for (const [order_id, currency] of [
    [1, "USD"],
    [1, "USD"],
    [2, "USD"],
    [2, "EUR"],
  ] as const) {
    payments.push(await createPayment(own, { order_id, currency }))
  }
  const [first, second] = payments
  await own.post(`/payments/${first.payment_id}/succeed`)
  await own.post(`/payments/${second.payment_id}/decline`)
  const body = { payment_id: first.payment_id, amount_minor: 98, currency: "USD", reference: "1-1" }
  await own.post("/refunds", body, { headers: { ...bearer, "idempotency-key": "a" } })

  const books = async () => (await own.get("/books")).body
  expect((await books()).totals[0]).toMatchObject({
    captured_minor: 19_998,
    refunded_minor: 0,
    refund_pending_minor: 98,
  })
  await expect.poll(async () => (await books()).webhooks.delivered).toBe(3)

  const none = {
    captured_minor: 0,
    refunded_minor: 0,
    refund_pending_minor: 0,
    disputed_minor: 0,
    pending_minor: 0,
  }
  const paid = { ...none, captured_minor: 19_998, refunded_minor: 98 }
  const open = { ...none, pending_minor: 19_998 }
  expect(await books()).toEqual({
    plan: { name: "calm", seed: 1 },
    totals: [
      { currency: "USD", ...paid, pending_minor: 19_998 },
      { currency: "EUR", ...open },
    ],
    orders: [
      { order_id: 1, currency: "USD", ...paid },
      { order_id: 2, currency: "USD", ...open },
      { order_id: 2, currency: "EUR", ...open },
    ],
    next_from: null,
    webhooks: { waiting: 0, delivered: 3, refused_forgeries: 0, given_up: 0 },
  })
  expect((await own.get("/books?from=2")).body.orders).toEqual([{ order_id: 2, currency: "EUR", ...open }])
  expect((await own.get("/books?from=x")).status).toBe(422)
})

test("payments over the limit are refused", async () => {
  await using own = await startTestSimulator({ mostPayments: 2 })
  await createPayment(own)
  await createPayment(own)

  const answer = await own.post("/payments", { order_id: 3, amount_minor: 1, currency: "USD" })

  expect(answer).toMatchObject({ status: 503, body: { error: "full" } })
})

test("a webhook is sent until it is taken, each time with a new signature; a forgery is sent once", async () => {
  await using failing = await startReceiver()
  failing.answer((response) => void response.writeHead(failing.received.length <= 4 ? 500 : 204).end())
  await using own = await startTestSimulator({ target: () => failing.url })
  const { payment_id } = await createPayment(own)
  await own.post(`/payments/${payment_id}/succeed`, { bad_signature: true })

  const messages = await failing.has(5)

  await expect
    .poll(async () => (await own.get("/books")).body.webhooks)
    .toEqual({
      waiting: 0,
      delivered: 1,
      refused_forgeries: 1,
      given_up: 0,
    })
  expect(messages.filter(isSigned)).toHaveLength(4)
  expect(new Set(messages.map(({ body }) => body)).size).toBe(1)
})

test("a webhook waits for a shop that does not listen yet", async () => {
  let target = "http://127.0.0.1:1/nobody"
  await using own = await startTestSimulator({ target: () => target })
  const { payment_id } = await createPayment(own)
  await own.post(`/payments/${payment_id}/succeed`)
  await using late = await startReceiver()
  target = late.url

  expect((await late.has(1))[0]?.event.payment.payment_id).toBe(payment_id)
})
