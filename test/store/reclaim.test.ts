import { afterAll, beforeAll, expect, test } from "vitest"
import type { ProductSettings } from "../../src/domain/product.ts"
import { eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"

// A batch that needs units takes back those of due holds and orders itself, without a worker (I6).

let engine: TestEngine
beforeAll(async () => {
  engine = await createTestEngine()
})
afterAll(() => engine[Symbol.asyncDispose]())

const ANNA = "anna"
let lastId = 0

const offer = (stock: number, settings: Partial<ProductSettings> = {}) =>
  newProduct(engine, { stock, settings })

async function placeHold(
  productId: number,
  { qty = 1, customerId = null as string | null, accessCode = undefined as string | undefined } = {},
) {
  const holdId = (lastId += 1)
  const command = { kind: "place_hold", productId, holdId, qty, customerId, accessCode } as const
  return { holdId, outcome: (await engine.lanes.submit(command)).outcome }
}

/** An order of Anna's, or of no customer, under the id of its hold. */
async function placeOrder(productId: number, wish: Parameters<typeof placeHold>[1] = {}) {
  const { holdId } = await placeHold(productId, wish)
  await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId: holdId })
  return holdId
}

const lapse = (table: "holds" | "orders", id: number) =>
  engine.database.views.query(`update ${table} set expires_at = now() - interval '1 s' where id = ${id}`)

test("a lapsed hold does not count against its customer's limit, with units enough for all", async () => {
  const productId = await offer(100, { maxPerCustomer: 1 })
  const { holdId } = await placeHold(productId, { customerId: ANNA })
  expect((await placeHold(productId, { customerId: ANNA })).outcome).toMatchObject({
    code: "customer_limit_reached",
  })
  await lapse("holds", holdId)
  expect((await placeHold(productId, { customerId: ANNA })).outcome).toMatchObject({ status: "active" })
})

test("nor does a lapsed order", async () => {
  const productId = await offer(100, { maxPerCustomer: 1 })
  const orderId = await placeOrder(productId, { customerId: ANNA })
  await lapse("orders", orderId)
  expect((await placeHold(productId, { customerId: ANNA })).outcome).toMatchObject({ status: "active" })
})

test("nor does what is held with a code, or ordered with it, and has lapsed", async () => {
  const phases = [
    { from: null, until: null, needs: { kind: "codes", set: "press" } as const, maxPerCustomer: null },
  ]
  const productId = await offer(100, { phases })
  await engine.accessCodes.add(productId, { set: "press", units: 2, claimants: ["k:press"] })
  const { holdId } = await placeHold(productId, { accessCode: "k:press" })
  const orderId = await placeOrder(productId, { accessCode: "k:press" })
  const ask = async () => (await placeHold(productId, { accessCode: "k:press" })).outcome
  expect(await ask()).toMatchObject({ code: "access_code_used_up" })
  await lapse("holds", holdId)
  expect(await ask()).toMatchObject({ status: "active" })
  expect(await ask()).toMatchObject({ code: "access_code_used_up" })
  await lapse("orders", orderId)
  expect(await ask()).toMatchObject({ status: "active" })
})

test("a late payment counts the units that its customer has by now (I8)", async () => {
  const productId = await offer(100, { maxPerCustomer: 2 })
  const orderId = await placeOrder(productId, { qty: 2, customerId: ANNA })
  await engine.lanes.submit({ kind: "cancel_order", productId, orderId })
  await placeHold(productId, { customerId: ANNA })

  expect(await engine.paymentEvents.receive(eventWith({ key: "late", orderId }))).toMatchObject({
    event: { outcome: "refund_due", orderStatus: "cancelled" },
  })
  expect(await engine.money.refundsOf(orderId)).toMatchObject([{ reason: "customer_limit_reached" }])
})

test("a refusal says when the next held unit is due, be it an order's", async () => {
  const productId = await offer(1)
  const orderId = await placeOrder(productId)
  const order = await engine.views.order(orderId)
  const { outcome } = await placeHold(productId)
  expect(outcome).toMatchObject({ code: "out_of_stock", retryAt: order?.expiresAt })
})

test("and not the deadline of a unit that has just been taken back", async () => {
  const productId = await offer(3)
  const [first, second] = [await placeHold(productId), await placeHold(productId)]
  await lapse("holds", first.holdId)
  const { outcome } = await placeHold(productId, { qty: 3 })
  expect(outcome).toMatchObject({
    code: "out_of_stock",
    availableStock: 2,
    retryAt: (await engine.views.hold(second.holdId))?.expiresAt,
  })
})

test("and verify finds no violation after all of this", async () => {
  expect(await differencesIn(engine.url)).toEqual([])
})
