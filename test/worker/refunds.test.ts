import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { RefundInstruction, RefundReport } from "../../src/payments/provider.ts"
import { sendRefunds } from "../../src/worker/refunds.ts"
import { disputeEventWith, eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"

let engine: TestEngine
let productId: number
let lastId = 0
beforeAll(async () => {
  engine = await createTestEngine()
  productId = await newProduct(engine, { stock: 1_000 })
})
afterAll(() => engine[Symbol.asyncDispose]())

/** A provider that gives these answers in turn, and records its calls. */
function providerThat(...reports: (RefundReport | Error)[]) {
  const asked: RefundInstruction[] = []
  return {
    name: "generic",
    asked,
    async refund(order: RefundInstruction): Promise<RefundReport> {
      asked.push(order)
      const report = reports.shift() ?? { status: "confirmed", providerRefundId: "re" }
      if (report instanceof Error) throw report
      return report
    },
  }
}

/** An order that was paid with a cent too much, so that a refund of a cent is due. */
async function overpaidOrder(paymentId: string | null = `pay-${lastId}`): Promise<number> {
  lastId += 1
  const [holdId, orderId] = [lastId, lastId]
  await engine.lanes.submit({ kind: "place_hold", productId, holdId, qty: 1, customerId: null })
  await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })
  const { totalMinor } = (await engine.views.order(orderId)) ?? { totalMinor: 0 }
  await engine.paymentEvents.receive(
    eventWith({ key: `key-${lastId}`, orderId, paymentId, amountMinor: totalMinor + 1 }),
  )
  return orderId
}

const send = (...providers: ReturnType<typeof providerThat>[]) =>
  sendRefunds({ lanes: engine.lanes, refunds: engine.refunds, providers })
const refundOf = async (orderId: number) => (await engine.money.refundsOf(orderId))[0]
const dueNow = () => engine.database.views.query("update refunds set not_before = now() where status = 'due'")

describe("a refund that is due", () => {
  test("is sent once, under a key of its own, and confirmed", async () => {
    const orderId = await overpaidOrder()
    const provider = providerThat()
    await Promise.all([send(provider), send(provider), send(provider)])
    await dueNow()
    await send(provider)
    expect(provider.asked).toEqual([
      {
        refundId: `${orderId}-1`,
        orderId,
        paymentId: expect.any(String),
        amountMinor: 1,
        currency: "EUR",
        // Orders of another installation on the same account may have the same ids, but not the same payments.
        idempotencyKey: `doorbuster-refund-${orderId}-1-${provider.asked[0]?.paymentId}`,
      },
    ])
    expect(await refundOf(orderId)).toMatchObject({ status: "confirmed", providerRefundId: "re" })
  })

  test("that a server of the last version has sent keeps the key of that version", async () => {
    const orderId = await overpaidOrder()
    await engine.database.views.query(`update refunds set attempts = 1 where order_id = ${orderId}`)
    const provider = providerThat({ status: "not now", error: "busy" })
    await send(provider)
    await dueNow()
    await send(provider)
    const key = `doorbuster-refund-${orderId}-1`
    expect(provider.asked.map(({ idempotencyKey }) => idempotencyKey)).toEqual([key, key])
  })

  test("stays with its worker longer than the provider may take", async () => {
    const orderId = await overpaidOrder()
    const { promise, resolve } = Promise.withResolvers<RefundReport>()
    const slow = { name: "generic", callSeconds: 90, refund: () => promise }
    const sending = sendRefunds({
      ...engine,
      providers: [slow, { ...slow, name: "another", callSeconds: 2 }],
    })
    const lease = async () => {
      const { rows } = await engine.database.views.query<{ seconds: number }>(
        `select extract(epoch from not_before - clock_timestamp())::float8 as seconds
           from refunds where order_id = ${orderId}`,
      )
      return rows[0]?.seconds
    }
    await expect.poll(lease).toBeGreaterThan(95)
    resolve({ status: "confirmed", providerRefundId: null })
    await sending
  })

  test("is tried again later when the provider takes longer than it said", async () => {
    const orderId = await overpaidOrder()
    const silent = { name: "generic", callSeconds: 0.05, refund: () => new Promise<RefundReport>(() => {}) }
    await sendRefunds({ ...engine, providers: [silent] })
    expect(await refundOf(orderId)).toMatchObject({
      status: "due",
      lastError: "generic did not answer within 0.05 s",
    })
    await dueNow()
    await send(providerThat())
  })

  test("that is being sent is taken by no other worker", async () => {
    await overpaidOrder()
    const { promise, resolve } = Promise.withResolvers<RefundReport>()
    const slow = { name: "generic", refund: () => promise }
    const sending = sendRefunds({ ...engine, providers: [slow] })
    const attempts = "select attempts from refunds order by order_id desc limit 1"
    await expect
      .poll(async () => (await engine.database.views.query(attempts)).rows)
      .toEqual([{ attempts: 1 }])
    const other = providerThat()
    await send(other)
    expect(other.asked).toEqual([])
    resolve({ status: "confirmed", providerRefundId: null })
    await sending
  })

  test.each<[string, RefundReport | Error, object]>([
    ["sent", { status: "sent", providerRefundId: "re_7" }, { status: "sent", providerRefundId: "re_7" }],
    ["failed", { status: "failed", error: "closed" }, { status: "failed", lastError: "closed" }],
    [
      "due if the provider cannot send it now",
      { status: "not now", error: "busy" },
      { status: "due", lastError: "busy" },
    ],
    ["due if the call fails", new Error("no route"), { status: "due", lastError: "no route" }],
  ])("is afterwards %s", async (_, report, expected) => {
    const orderId = await overpaidOrder()
    await send(providerThat(report))
    expect(await refundOf(orderId)).toMatchObject({ attempts: 1, ...expected })
    await engine.lanes.submit({
      kind: "settle_refund",
      productId,
      orderId,
      number: 1,
      result: { status: "confirmed", providerRefundId: null },
    })
  })

  test("that cannot be sent is tried again after growing pauses, then it fails", async () => {
    const orderId = await overpaidOrder()
    const waits: number[] = []
    for (let attempt = 1; attempt <= 40; attempt += 1) {
      await send(providerThat({ status: "not now", error: "busy" }))
      const { rows } = await engine.database.views.query<{ wait: number }>(
        `select extract(epoch from not_before - clock_timestamp())::integer as wait from refunds where order_id = ${orderId}`,
      )
      waits.push(rows[0]?.wait ?? 0)
      await dueNow()
    }
    expect(waits.slice(0, 4).map((wait) => Math.round(wait / 5))).toEqual([1, 2, 4, 8])
    expect(Math.max(...waits)).toBeGreaterThan(3_500)
    expect(Math.max(...waits)).toBeLessThanOrEqual(3_600)
    expect(await refundOf(orderId)).toMatchObject({ status: "failed", attempts: 36, lastError: "busy" })
  })

  test.each<[string, RefundReport]>([
    ["on its way", { status: "sent", providerRefundId: "re_8" }],
    ["refused", { status: "failed", error: "closed" }],
  ])("and then %s is not sent again by itself", async (_, report) => {
    const orderId = await overpaidOrder()
    await send(providerThat(report))
    await engine.database.views.query("update refunds set not_before = now()")
    const provider = providerThat()
    await send(provider)
    expect(provider.asked).toEqual([])
    expect(await refundOf(orderId)).toMatchObject({ status: report.status, attempts: 1 })
  })

  test("stays withheld if a bank takes its payment back meanwhile, and is due when the bank returns it", async () => {
    const paymentId = "pay-taken"
    const about = { paymentId, disputeId: "dp-taken" }
    const orderId = await overpaidOrder(paymentId)
    const overtaken = {
      name: "generic",
      async refund(): Promise<RefundReport> {
        await engine.paymentEvents.receive(disputeEventWith(about))
        return { status: "not now", error: "busy" }
      },
    }
    await sendRefunds({ ...engine, providers: [overtaken] })
    await engine.database.views.query("update refunds set not_before = now()")
    const other = providerThat()
    await send(other)
    expect(other.asked).toEqual([])
    expect(await refundOf(orderId)).toMatchObject({ status: "withheld", lastError: "disputed" })

    await engine.paymentEvents.receive(disputeEventWith({ ...about, kind: "dispute_won" }))
    await send(other)
    expect(other.asked).toMatchObject([{ orderId, amountMinor: 1 }])
    expect(await refundOf(orderId)).toMatchObject({ status: "confirmed", lastError: null })
  })

  test("of a provider that cannot send it, or of a payment without an id, is left to the money inbox", async () => {
    const orderIds = [await overpaidOrder("pay-x"), await overpaidOrder(null)]
    const provider = providerThat()
    await send({ ...provider, name: "another" })
    expect(provider.asked).toEqual([])
    await send(provider)
    expect(provider.asked.map((order) => order.orderId)).toEqual([orderIds[0]])
    expect(await refundOf(orderIds[1] ?? 0)).toMatchObject({ status: "due", attempts: 0 })
  })
})

test("after all these tests every invariant holds", async () => {
  expect(await differencesIn(engine.url)).toEqual([])
})
