import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { RefundInstruction } from "../../src/payments/provider.ts"
import { providersOf } from "../../src/payments/providers.ts"
import { simulatorProvider } from "../../src/payments/simulator.ts"
import { signWebhook } from "../../src/payments/standard-webhooks.ts"
import { startReceiver, type Receiver } from "../support/receiver.ts"
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
  simulator = await startTestSimulator({ target: () => shop.url })
})
afterAll(async () => {
  await simulator[Symbol.asyncDispose]()
  await shop[Symbol.asyncDispose]()
})

const adapter = simulatorProvider({ url: () => simulator.url, secret: SIMULATOR_SECRET })
const unreachable = simulatorProvider({ url: () => "http://127.0.0.1:1", secret: SIMULATOR_SECRET })
const wrongSecret = simulatorProvider({ url: () => simulator.url, secret: Buffer.alloc(24) })

/** Reads a message as if the simulator had sent it. */
function read(content: unknown, { ageSeconds = 0, key = SIMULATOR_SECRET } = {}) {
  const nowSeconds = Date.now() / 1000
  const message = { id: "msg_1", timestamp: String(Math.floor(nowSeconds - ageSeconds)) }
  const body = typeof content === "string" ? content : JSON.stringify(content)
  const headers = {
    "webhook-id": message.id,
    "webhook-timestamp": message.timestamp,
    "webhook-signature": signWebhook(key, message, body),
  }
  return adapter.readWebhook?.({ headers, body, nowSeconds })
}

async function paid(options: object = {}, content: object = {}): Promise<string> {
  const { payment_id } = await createPayment(simulator, content)
  await simulator.post(`/payments/${payment_id}/succeed`, options)
  return payment_id
}

describe("a webhook", () => {
  test("of the simulator is read as a payment event", async () => {
    const id = await paid({}, { order_id: 17, hold_id: 5, product_id: 1, quantity: 2 })
    const found = () => shop.received.find(({ event }) => event.payment?.payment_id === id)
    await expect.poll(found).toBeDefined()
    const { headers = {}, body = "" } = found() ?? {}

    const reading = await adapter.readWebhook?.({ headers, body, nowSeconds: Date.now() / 1000 })

    const event = {
      provider: "simulator",
      key: `evt_succeeded_${id}`,
      fingerprint: expect.any(String),
      kind: "succeeded",
      orderId: 17,
      paymentId: id,
      amountMinor: 19_998,
      currency: "USD",
      holdId: 5,
      productId: 1,
      quantity: 2,
      disputeId: null,
    }
    expect(reading).toEqual({ kind: "events", events: [{ about: "payment", event }] })
    // A look-up returns the same event, so that it is applied once.
    const report = await adapter.lookUp?.({ orderId: 17, paymentId: id })
    expect(report).toEqual({ status: "succeeded", event: reading?.kind === "events" ? event : null })
  })

  const payment = { payment_id: "pay_1", order_id: 1, amount_minor: 1, currency: "USD" }
  const dispute = { dispute_id: "dp_1", payment_id: "pay_1", amount_minor: 7, currency: "USD" }
  const refund = {
    refund_id: "re_1",
    payment_id: "pay_1",
    reference: "1-1",
    amount_minor: 5,
    currency: "EUR",
    error: null,
  }
  test.each([
    ["payment.failed", { payment }, { about: "payment", event: { kind: "failed", holdId: null } }],
    ["payment.cancelled", { payment }, { about: "payment", event: { kind: "cancelled" } }],
    [
      "dispute.opened",
      { dispute },
      { about: "dispute", event: { kind: "dispute_opened", disputeId: "dp_1" } },
    ],
    ["dispute.won", { dispute }, { about: "dispute", event: { kind: "dispute_won", paymentId: "pay_1" } }],
    ["dispute.lost", { dispute }, { about: "dispute", event: { kind: "dispute_lost", amountMinor: 7 } }],
    [
      "refund.succeeded",
      { refund },
      { about: "refund", refund: { refundId: "1-1", status: "confirmed", providerRefundId: "re_1" } },
    ],
    [
      "refund.succeeded",
      { refund: { ...refund, reference: null } },
      { about: "refund", refund: { refundId: null, paymentId: "pay_1", amountMinor: 5, currency: "EUR" } },
    ],
    [
      "refund.failed",
      { refund: { ...refund, error: "no" } },
      { about: "refund", refund: { status: "failed", error: "no" } },
    ],
  ])("%s is understood", (type, content, event) => {
    expect(read({ id: "evt_1", type, ...content })).toMatchObject({ kind: "events", events: [event] })
  })

  test("of another type has no events", () => {
    expect(read({ id: "evt_1", type: "payment.pondered" })).toEqual({ kind: "events", events: [] })
    expect(read({ id: "evt_1", type: "toString" })).toEqual({ kind: "events", events: [] })
  })

  test.each([
    ["not json"],
    ["null"],
    ["[]"],
    [{ type: "payment.succeeded", payment }],
    [{ id: "evt_1", type: "payment.succeeded" }],
    [{ id: "evt_1", type: "payment.succeeded", payment: { ...payment, order_id: "1" } }],
    [{ id: "evt_1", type: "payment.succeeded", payment: { ...payment, amount_minor: -1 } }],
    [{ id: "evt_1", type: "payment.succeeded", payment: { ...payment, payment_id: "\0" } }],
    [{ id: "x".repeat(256), type: "payment.succeeded", payment }],
    [{ id: "evt_1", type: "refund.failed", refund: { ...refund, reference: 1 } }],
    [{ id: "evt_1", type: "dispute.lost" }],
    [{ id: "evt_1", type: "dispute.opened", dispute: { ...dispute, amount_minor: 0.5 } }],
  ])("with invalid members is not understood: %j", (content) => {
    expect(read(content)).toMatchObject({ kind: "not understood" })
  })

  test("with another secret, or too old, is not authentic", () => {
    const event = { id: "evt_1", type: "payment.succeeded", payment }
    expect(read(event)).toMatchObject({ kind: "events" })
    expect(read(event, { key: Buffer.alloc(24) })).toMatchObject({ kind: "not authentic" })
    expect(read(event, { ageSeconds: 301 })).toMatchObject({ kind: "not authentic" })
    expect(adapter.readWebhook?.({ headers: {}, body: "", nowSeconds: 0 })).toMatchObject({
      kind: "not authentic",
    })
  })
})

describe("a payment that is looked up", () => {
  const lookUp = (paymentId: string, at = adapter) => at.lookUp?.({ orderId: 1, paymentId })

  test.each([
    ["begun", "open", null, {}],
    ["processing", "open", "succeed", { delay_ms: 60_000 }],
    ["paid", "succeeded", "succeed", {}],
    ["declined", "over", "decline", {}],
    ["cancelled", "over", "cancel", {}],
  ])("that is %s counts as %s", async (_state, status, verb, options) => {
    const { payment_id } = await createPayment(simulator)
    if (verb !== null) await simulator.post(`/payments/${payment_id}/${verb}`, options)
    expect(await lookUp(payment_id)).toMatchObject({ status })
  })

  test("counts as open while its state cannot be learned", async () => {
    expect(await lookUp("pay_none")).toEqual({ status: "open" })
    expect(await lookUp("../books")).toEqual({ status: "open" })
    expect(await lookUp("pay_none", unreachable)).toEqual({ status: "open" })
  })
})

describe("a cancellation", () => {
  const cancel = (paymentId: string, at = adapter) =>
    at.cancel?.({ orderId: 1, holdId: 1, paymentId, idempotencyKey: `cancel-${paymentId}` })

  test("ends a payment that has not succeeded, and leaves one that has", async () => {
    const { payment_id: open } = await createPayment(simulator)
    const done = await paid()
    const { payment_id: elsewhere } = await createPayment(simulator, { order_id: 2 })
    expect(await cancel(open)).toEqual({ status: "over" })
    expect(await cancel(open)).toEqual({ status: "over" })
    const event = expect.objectContaining({ key: `evt_succeeded_${done}`, orderId: 1 })
    expect(await cancel(done)).toEqual({ status: "succeeded", event })
    expect(await cancel("pay_none")).toEqual({ status: "not ours" })
    expect(await cancel(elsewhere)).toEqual({ status: "not ours" })
    const statusOf = async (id: string) => (await simulator.get(`/payments/${id}`)).body.status
    expect(await Promise.all([open, done, elsewhere].map(statusOf))).toEqual([
      "cancelled",
      "succeeded",
      "open",
    ])
  })

  test("throws when the simulator cannot be reached", async () => {
    await expect(cancel("pay_1", unreachable)).rejects.toThrow("fetch failed")
  })
})

describe("a refund", () => {
  const instructionFor = (paymentId: string, more: Partial<RefundInstruction> = {}): RefundInstruction => ({
    refundId: "1-1",
    orderId: 1,
    paymentId,
    amountMinor: 19_998,
    currency: "USD",
    idempotencyKey: `key-${paymentId}`,
    ...more,
  })

  test("is sent once, and is confirmed after the webhook", async () => {
    const instruction = instructionFor(await paid())
    const [first, second] = [await adapter.refund?.(instruction), await adapter.refund?.(instruction)]
    expect(first).toEqual({ status: "sent", providerRefundId: expect.stringMatching(/^re_/) })
    expect(second).toMatchObject({
      providerRefundId: first && "providerRefundId" in first && first.providerRefundId,
    })
    await expect.poll(() => adapter.refund?.(instruction)).toEqual({ ...first, status: "confirmed" })
  })

  test("that can never work has failed", async () => {
    const id = await paid()
    expect(await adapter.refund?.(instructionFor(id, { amountMinor: 19_999 }))).toEqual({
      status: "failed",
      error: "the simulator answered 422 amount_too_high",
    })
    expect(await adapter.refund?.(instructionFor("pay_none"))).toMatchObject({ status: "failed" })
  })

  test("that may work later is not failed", async () => {
    const instruction = instructionFor(await paid())
    expect(await unreachable.refund?.(instruction)).toMatchObject({ status: "not now" })
    expect(await wrongSecret.refund?.(instruction)).toMatchObject({
      status: "not now",
      error: expect.stringContaining("401"),
    })
  })
})

test("closed mode has no simulator, whatever its settings are", async () => {
  const simulator = { simulatorUrl: "http://127.0.0.1:8100", simulatorSecret: SIMULATOR_SECRET, stripe: null }
  const none = { simulatorUrl: null, simulatorSecret: null, stripe: null }
  expect((await providersOf({ ...simulator, adminToken: null })).map(({ name }) => name)).toEqual([
    "simulator",
  ])
  expect(await providersOf({ ...simulator, adminToken: "admin" })).toEqual([])
  expect(await providersOf({ ...none, adminToken: null })).toEqual([])
})
