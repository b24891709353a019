import { afterAll, beforeAll, expect, test } from "vitest"
import type { CancelInstruction, CancelReport, PaymentProvider } from "../../src/payments/provider.ts"
import { simulatorProvider } from "../../src/payments/simulator.ts"
import { cancelPayments } from "../../src/worker/cancellations.ts"
import { sweepDue } from "../../src/worker/expiry.ts"
import { eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"
import { createPayment, SIMULATOR_SECRET, startTestSimulator } from "../support/simulator.ts"

let engine: TestEngine
let productId: number
beforeAll(async () => {
  engine = await createTestEngine()
  productId = await newProduct(engine, { stock: 1_000 })
})
afterAll(() => engine[Symbol.asyncDispose]())

/** A provider that gives these answers in turn, then "over", and records its calls. */
function providerThat(...reports: (CancelReport | Error)[]) {
  const asked: CancelInstruction[] = []
  return {
    name: "generic",
    asked,
    async cancel(wish: CancelInstruction): Promise<CancelReport> {
      asked.push(wish)
      const report = reports.shift() ?? { status: "over" }
      if (report instanceof Error) throw report
      return report
    },
  }
}

/** An order with a payment that its buyer has started. */
async function orderWith(payment: { provider: string; paymentId: string } | "generic" | null) {
  const [holdId, orderId] = [await engine.ids.next("holds"), await engine.ids.next("orders")]
  await engine.lanes.submit({ kind: "place_hold", productId, holdId, qty: 1, customerId: null })
  await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })
  const named = payment === "generic" ? { provider: "generic", paymentId: `pi_${orderId}` } : payment
  await engine.lanes.submit({ kind: "start_payment", productId, orderId, payment: named })
  return { orderId, holdId }
}

async function cancelledOrder(
  payment: { provider: string; paymentId: string } | "generic" | null = "generic",
) {
  const order = await orderWith(payment)
  await engine.lanes.submit({ kind: "cancel_order", productId, orderId: order.orderId })
  return order
}

const ask = (...providers: PaymentProvider[]) => cancelPayments({ ...engine, providers })
const succeeded = (orderId: number): CancelReport => ({
  status: "succeeded",
  event: eventWith({ key: `pi_${orderId} succeeded`, orderId, paymentId: `pi_${orderId}` }),
})
const passTime = () =>
  engine.database.views.query(
    "update orders set attempt_cancel_after = now() where attempt_cancel_after > now()",
  )

test("the payment of an order that was cancelled is cancelled, once, under a key of its own", async () => {
  const { orderId, holdId } = await cancelledOrder()
  const provider = providerThat()
  await Promise.all([ask(provider), ask(provider), ask(provider)])
  await passTime()
  await ask(provider)
  const paymentId = `pi_${orderId}`
  expect(provider.asked).toEqual([
    { orderId, holdId, paymentId, idempotencyKey: `doorbuster-cancel-${orderId}-${paymentId}` },
  ])
})

test("the payment of an order that has expired is cancelled too", async () => {
  const { orderId } = await orderWith("generic")
  const provider = providerThat()
  await ask(provider)
  expect(provider.asked).toEqual([])
  await engine.database.views.query(`update orders set expires_at = now() where id = ${orderId}`)
  await sweepDue({ ...engine, observer: engine.events })
  await ask(provider)
  expect(provider.asked).toMatchObject([{ orderId }])
})

test("orders that wait, are paid, have no payment, or have one that cannot be cancelled are left alone", async () => {
  const { orderId } = await orderWith("generic")
  await engine.paymentEvents.receive(eventWith({ key: `paid-${orderId}`, orderId }))
  await orderWith("generic")
  await cancelledOrder(null)
  const elsewhere = await cancelledOrder({ provider: "another", paymentId: "x" })
  const provider = providerThat()
  await ask(provider, { name: "another" })
  expect(provider.asked).toEqual([])
  // No attempt is counted either, so the payment can be cancelled once its provider is configured.
  const { rows } = await engine.database.views.query(
    `select attempt_cancels as attempts, attempt_over as over from orders where id = ${elsewhere.orderId}`,
  )
  expect(rows).toEqual([{ attempts: 0, over: false }])
})

test("a payment that turns out to have succeeded is late money, as if its webhook had come", async () => {
  const { orderId } = await cancelledOrder()
  const provider = providerThat(succeeded(orderId))
  await ask(provider)
  await passTime()
  await ask(provider)
  expect(provider.asked).toHaveLength(1)
  expect(await engine.views.order(orderId)).toMatchObject({ status: "paid", late: true })
})

test.each([
  ["cannot be cancelled now", { status: "not now" } as const],
  ["makes the call fail", new Error("no route")],
])("a payment that %s is tried again after growing pauses, eleven times in all", async (_, report) => {
  const { orderId } = await cancelledOrder()
  const provider = providerThat(...Array.from({ length: 50 }, () => report))
  const waits: number[] = []
  for (let round = 0; round < 20; round += 1) {
    await ask(provider)
    const { rows } = await engine.database.views.query<{ wait: number }>(
      `select extract(epoch from attempt_cancel_after - clock_timestamp())::float8 as wait
         from orders where id = ${orderId}`,
    )
    waits.push(rows[0]?.wait ?? 0)
    await passTime()
  }
  expect(waits.slice(0, 4).map((wait) => Math.round(wait / 5))).toEqual([1, 2, 4, 8])
  expect(provider.asked).toHaveLength(11)
  expect(new Set(provider.asked.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
  expect((await engine.views.order(orderId))?.status).toBe("cancelled")
})

test("while one worker cancels a payment no other takes it, unless the first one dies", async () => {
  const { orderId } = await cancelledOrder()
  const { promise, resolve } = Promise.withResolvers<CancelReport>()
  const asking = ask({ name: "generic", cancel: () => promise })
  const taken = `select attempt_cancels as attempts from orders where id = ${orderId}`
  await expect.poll(async () => (await engine.database.views.query(taken)).rows).toEqual([{ attempts: 1 }])
  const other = providerThat()
  await ask(other)
  expect(other.asked).toEqual([])
  await passTime()
  await ask(other)
  expect(other.asked).toMatchObject([{ orderId }])
  resolve({ status: "over" })
  await asking
})

test("the buyer of a cancelled order cannot pay at the simulator any more", async () => {
  await using simulator = await startTestSimulator()
  const provider = simulatorProvider({ url: () => simulator.url, secret: SIMULATOR_SECRET })
  const { orderId } = await orderWith(null)
  const { payment_id: paymentId } = await createPayment(simulator, { order_id: orderId })
  const payment = { provider: "simulator", paymentId }
  await engine.lanes.submit({ kind: "start_payment", productId, orderId, payment })
  await engine.lanes.submit({ kind: "cancel_order", productId, orderId })
  await ask(provider)
  expect((await simulator.post(`/payments/${paymentId}/succeed`, {})).status).toBe(409)
  expect((await simulator.get(`/payments/${paymentId}`)).body.status).toBe("cancelled")
})

test("after all these tests every invariant holds", async () => {
  expect(await differencesIn(engine.url)).toEqual([])
})
