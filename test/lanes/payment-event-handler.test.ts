import { afterAll, beforeAll, expect, test } from "vitest"
import { createPaymentEventHandler } from "../../src/lanes/payment-event-handler.ts"
import { disputeEventWith, eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"

let engine: TestEngine
let productId: number
let lastId = 0
beforeAll(async () => {
  engine = await createTestEngine()
  productId = await newProduct(engine, { stock: 100 })
})
afterAll(() => engine[Symbol.asyncDispose]())

async function placeOrder(orderId: number): Promise<void> {
  const holdId = (lastId += 1)
  await engine.lanes.submit({ kind: "place_hold", productId, holdId, qty: 1, customerId: null })
  await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })
}

/** A payment event handler that runs `meanwhile` between its look-up, which finds nothing, and parking the event. */
function handlerWhere(meanwhile: () => Promise<unknown>) {
  const park: typeof engine.inbox.park = async (event) => {
    await meanwhile()
    return engine.inbox.park(event)
  }
  return createPaymentEventHandler({ ...engine, inbox: { ...engine.inbox, park }, observer: engine.events })
}

test("an order that is made while its payment is being parked is paid, without a worker", async () => {
  const orderId = 101
  const paymentEvents = handlerWhere(() => placeOrder(orderId))
  expect(await paymentEvents.receive(eventWith({ key: "overtaken", orderId }))).toMatchObject({
    event: { outcome: "paid" },
    duplicate: false,
  })
  expect(await engine.views.order(orderId)).toMatchObject({ status: "paid" })
})

test("a payment that comes while its dispute is being parked is disputed, without a worker", async () => {
  const [orderId, paymentId] = [102, "pay-102"]
  await placeOrder(orderId)
  const paymentEvents = handlerWhere(() =>
    engine.paymentEvents.receive(eventWith({ key: "paid-102", orderId, paymentId })),
  )
  expect(await paymentEvents.receive(disputeEventWith({ paymentId, disputeId: "dp-102" }))).toMatchObject({
    event: { outcome: "disputed" },
  })
  expect(await engine.money.disputesOf(orderId)).toMatchObject([{ disputeId: "dp-102", status: "open" }])
})

test("the same key with other content is refused, also while the first one waits for its order", async () => {
  const first = eventWith({ key: "waiting", orderId: 9_001 })
  expect(await engine.paymentEvents.receive(first)).toMatchObject({
    event: { outcome: "parked" },
    duplicate: false,
  })
  // If it counted as a repetition, the provider would believe that this payment is recorded too.
  const other = eventWith({ key: "waiting", orderId: 9_002 })
  expect(await engine.paymentEvents.receive(other)).toEqual({ code: "event_key_reused" })
  expect(await engine.paymentEvents.receive(first)).toMatchObject({
    event: { orderId: 9_001 },
    duplicate: true,
  })
})

test("and the recount finds no difference", async () => {
  expect(await differencesIn(engine.url)).toEqual([])
})
