import { setTimeout as sleep } from "node:timers/promises"
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
  productId = await newProduct(engine, { stock: 2_000 })
})
afterAll(() => engine[Symbol.asyncDispose]())

/** A provider that gives this report of each payment, and records the orders that it was asked about. */
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

/** An order with a started payment that expires in `endsIn` seconds. */
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
  expect(await engine.paymentEvents.receive(event)).toMatchObject({
    duplicate: true,
    event: { outcome: "paid" },
  })
})

test("a payment that cannot succeed any more ends its order, and the units are available again", async () => {
  const orderId = await orderNearItsEnd()
  await ask(providerThat(() => ({ status: "over" })))
  expect((await orderNow(orderId))?.status).toBe("cancelled")
})

test.each([
  ["cannot tell", { status: "open" } as const],
  ["does not answer", new Error("no route")],
])(
  "if the provider %s, the order waits a minute longer, once, and is asked about again",
  async (_, report) => {
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
  },
)

// The last units of a sale are ordered at the same moment, so these orders have the same deadline.
test("1,000 paid orders with one deadline, a slow provider and no webhooks: no order expires", async () => {
  const deadline = new Date(Date.now() + 16_000).toISOString()
  const orders = await Promise.all(Array.from({ length: 1_000 }, () => orderNearItsEnd(60)))
  await engine.database.views.query(
    `update orders set expires_at = '${deadline}' where id between ${Math.min(...orders)} and ${Math.max(...orders)}`,
  )
  const provider: PaymentProvider = {
    name: "generic",
    lookUpsPerSecond: 100,
    lookUp: ({ orderId }) => sleep(400, success(orderId)),
  }
  const ends: string[] = []
  while (Date.now() < Date.parse(deadline) + 1_000 && ends.length < orders.length) {
    await ask(provider)
    ends.length = 0
    const { rows } = await engine.database.views.query<{ status: string }>(
      `select status from orders where id between ${Math.min(...orders)} and ${Math.max(...orders)}
          and status <> 'pending_payment'`,
    )
    ends.push(...rows.map(({ status }) => status))
    await sweepDue({ ...engine, observer: engine.events })
  }
  expect(ends.filter((end) => end === "paid")).toHaveLength(orders.length)
}, 60_000)

test("an order whose provider cannot be asked before its end gets a minute, once", async () => {
  const orders = await Promise.all(Array.from({ length: 12 }, () => orderNearItsEnd(3)))
  const asked: number[] = []
  const provider = {
    ...providerThat((orderId) => (asked.push(orderId), success(orderId))),
    lookUpsPerSecond: 2,
  }
  await ask(provider)
  const left = (await Promise.all(orders.map(orderNow))).filter(
    (order) => order?.status === "pending_payment",
  )
  expect(asked.length + left.length).toBe(12)
  const postponed = left.filter((order) => order?.awaited)
  expect(postponed.length).toBeGreaterThanOrEqual(6)
  for (const order of postponed) expect((order?.expiresAt ?? 0) - Date.now()).toBeGreaterThan(50_000)

  const ids = postponed.map((order) => order?.id).join()
  await engine.database.views.query(
    `update orders set expires_at = clock_timestamp() + interval '3 seconds' where id in (${ids})`,
  )
  const ends = (await Promise.all(orders.map(orderNow))).map((order) => order?.expiresAt)
  await ask({ ...provider, lookUpsPerSecond: 0.1 })
  expect((await Promise.all(orders.map(orderNow))).map((order) => order?.expiresAt)).toEqual(ends)
})

test("while one worker asks about a payment, no other worker does", async () => {
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

test("an order that has no payment, has time left, or pays elsewhere is not asked about", async () => {
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
  // Such an order gets no more time either: a page may name any provider.
  expect(await Promise.all(others.map(orderNow))).toEqual(before)
  expect(before.map((order) => order?.status)).toEqual(others.map(() => "pending_payment"))
})

test("no provider is asked about an order whose time is over", async () => {
  const orderId = await orderNearItsEnd(0)
  const provider = providerThat(success)
  await ask(provider)
  expect(provider.asked).toEqual([])
  expect((await orderNow(orderId))?.status).toBe("expired")
  await sweepDue({ ...engine, observer: engine.events })
})

test("after all these tests every invariant holds", async () => {
  expect(await differencesIn(engine.url)).toEqual([])
})
