import { afterAll, beforeAll, expect, test } from "vitest"
import type { PaymentProvider, PaymentReport } from "../../src/payments/provider.ts"
import { askAboutOpenPayments } from "../../src/worker/open-payments.ts"
import { sweepDue } from "../../src/worker/expiry.ts"
import { eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"

let engine: TestEngine
let productId: number
let lastId = 0
beforeAll(async () => {
  engine = await createTestEngine({ paymentTtlSeconds: 20 })
  productId = await newProduct(engine, { stock: 1_000 })
})
afterAll(() => engine[Symbol.asyncDispose]())

/** Says the same of every payment, and keeps who was asked about. */
function providerThat(report: (orderId: number) => PaymentReport | Error) {
  const asked: number[] = []
  const provider: PaymentProvider = {
    name: "generic",
    async lookUp({ orderId }) {
      asked.push(orderId)
      const said = report(orderId)
      if (said instanceof Error) throw said
      return said
    },
  }
  return { ...provider, asked }
}

const success = (orderId: number): PaymentReport => ({
  status: "succeeded",
  event: eventWith({ key: `looked-up-${orderId}`, orderId, paymentId: `pi_${orderId}` }),
})

/** An order whose buyer has begun to pay and that expires in `endsIn` seconds. */
async function orderNearItsEnd(
  endsIn = 8,
  payment: { provider: string; paymentId: string } | null = named(),
) {
  lastId += 1
  const [holdId, orderId] = [lastId, lastId]
  await engine.lanes.submit({ kind: "place_hold", productId, holdId, qty: 1, customerId: null })
  await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })
  await engine.lanes.submit({ kind: "start_payment", productId, orderId, payment })
  await engine.database.views.query(
    `update orders set expires_at = clock_timestamp() + interval '${endsIn} seconds' where id = ${orderId}`,
  )
  return orderId
}

function named() {
  return { provider: "generic", paymentId: `pi_${lastId + 1}` }
}

const ask = (...providers: PaymentProvider[]) => askAboutOpenPayments({ ...engine, providers })
const orderNow = (orderId: number) => engine.views.order(orderId)

test("a payment that succeeded and whose webhook was lost is settled, not expired (C6)", async () => {
  const orderId = await orderNearItsEnd()
  await ask(providerThat(success))
  expect(await orderNow(orderId)).toMatchObject({ status: "paid", late: false })
  // The webhook comes after all, under the same key.
  const { event } = success(orderId) as Extract<PaymentReport, { status: "succeeded" }>
  expect(await engine.desk.receive(event)).toMatchObject({ duplicate: true, event: { outcome: "paid" } })
})

test("a payment that cannot succeed any more gives its units back", async () => {
  const orderId = await orderNearItsEnd()
  await ask(providerThat(() => ({ status: "over" })))
  expect((await orderNow(orderId))?.status).toBe("cancelled")
})

test.each([
  ["cannot say", { status: "open" } as const],
  ["does not answer", new Error("no route")],
])("a provider that %s is given a minute, once, and asked again before it is over", async (_, report) => {
  const orderId = await orderNearItsEnd()
  const before = (await orderNow(orderId))?.expiresAt ?? 0
  const provider = providerThat(() => report)
  await Promise.all([ask(provider), ask(provider), ask(provider)])
  await ask(provider)
  expect(provider.asked).toEqual([orderId])
  const after = await orderNow(orderId)
  expect((after?.expiresAt ?? 0) - before).toBe(60_000)

  await engine.database.views.query(
    `update orders set expires_at = clock_timestamp() + interval '2 seconds' where id = ${orderId}`,
  )
  await ask(provider)
  expect(provider.asked).toEqual([orderId, orderId])
  await expect.poll(async () => (await orderNow(orderId))?.status, { timeout: 5_000 }).toBe("expired")
  await sweepDue({ ...engine, observer: engine.events })
})

test("while one provider is asked, nobody asks it about the same payment", async () => {
  const orderId = await orderNearItsEnd()
  const { promise, resolve } = Promise.withResolvers<PaymentReport>()
  const asking = ask({ name: "generic", lookUp: () => promise })
  const isTaken = `select asked_for is not null as taken from orders where id = ${orderId}`
  await expect.poll(async () => (await engine.database.views.query(isTaken)).rows).toEqual([{ taken: true }])
  const other = providerThat(success)
  await ask(other)
  expect(other.asked).toEqual([])
  resolve({ status: "over" })
  await asking
})

test("who has begun no payment, has time, or pays elsewhere is not asked about", async () => {
  const others = [
    await orderNearItsEnd(8, null),
    await orderNearItsEnd(60),
    await orderNearItsEnd(8, {
      provider: "another",
      paymentId: "x",
    }),
  ]
  const before = await Promise.all(others.map(orderNow))
  const provider = providerThat(success)
  await ask(provider, { name: "another" })
  expect(provider.asked).toEqual([])
  // Nor does it get more time: a page may name whom it likes.
  expect(await Promise.all(others.map(orderNow))).toEqual(before)
  expect(before.map((order) => order?.status)).toEqual(others.map(() => "pending_payment"))
})

test("nobody is asked about an order whose time is over", async () => {
  const orderId = await orderNearItsEnd(0)
  const provider = providerThat(success)
  await ask(provider)
  expect(provider.asked).toEqual([])
  expect((await orderNow(orderId))?.status).toBe("expired")
  await sweepDue({ ...engine, observer: engine.events })
})

test("and nothing is lost by all that", async () => {
  expect(await differencesIn(engine.url)).toEqual([])
})
