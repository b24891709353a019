import { afterAll, beforeAll, expect, test } from "vitest"
import { defaultSettings } from "../../src/domain/product.ts"
import { defaultVariantSettings } from "../../src/domain/variant.ts"
import { eventWith } from "../support/builders.ts"
import { succeed } from "../support/busy-database.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"

// A batch looks for due rows of the variants that it lacks, however many of other variants are due before them.

const [SMALL, LARGE] = [1, 2]
const PRODUCT = 1

let engine: TestEngine
beforeAll(async () => {
  engine = await createTestEngine()
  await offerShoe(engine)
})
afterAll(() => engine[Symbol.asyncDispose]())

/** Offers 40 small ones and a large one. */
async function offerShoe({ lanes }: TestEngine, maxPerCustomer: number | null = null): Promise<void> {
  const settings = { ...defaultSettings, name: "Shoe", priceMinor: 100, currency: "EUR", maxPerCustomer }
  const variants = [SMALL, LARGE].map((variantId) => ({
    variantId,
    settings: { ...defaultVariantSettings, name: `Size ${variantId}`, position: variantId },
    stock: variantId === SMALL ? 40 : 1,
    adjustmentId: variantId,
  }))
  const create = { kind: "create_product", productId: PRODUCT, settings, stock: 41 } as const
  await succeed(lanes.submit({ ...create, adjustmentId: 3, variants }))
}

let lastId = 0

async function hold(...variantIds: number[]) {
  const holdId = (lastId += 1)
  const lines = variantIds.map((variantId) => ({ variantId, qty: 1 }))
  const command = {
    kind: "place_hold",
    productId: PRODUCT,
    holdId,
    qty: lines.length,
    customerId: null,
  } as const
  return { holdId, outcome: (await engine.lanes.submit({ ...command, lines })).outcome }
}

async function order(...variantIds: number[]): Promise<number> {
  const { holdId } = await hold(...variantIds)
  await succeed(engine.lanes.submit({ kind: "place_order", productId: PRODUCT, holdId, orderId: holdId }))
  return holdId
}

const lapse = (table: "holds" | "orders", id: number, seconds: number) =>
  engine.database.views.query(
    `update ${table} set expires_at = now() - interval '${seconds} s' where id = ${id}`,
  )

const activeHolds = async () =>
  (await engine.database.views.query("select from holds where status = 'active'")).rowCount

test("a hold, a basket or an order that is due returns its unit to a request for that size", async () => {
  for (let index = 0; index < 5; index += 1) await lapse("holds", (await hold(SMALL)).holdId, 60)
  await lapse("holds", (await hold(LARGE)).holdId, 1)

  const basket = await hold(SMALL, LARGE)
  expect(basket.outcome).toMatchObject({ status: "active", qty: 2 })
  // The due holds of the size that is there are left to the worker.
  expect(await activeHolds()).toBe(6)

  await lapse("holds", basket.holdId, 1)
  const orderId = await order(LARGE)
  expect(await engine.views.order(orderId)).toMatchObject({ status: "pending_payment" })
  expect(await activeHolds()).toBe(5)

  await lapse("orders", orderId, 1)
  expect((await hold(LARGE)).outcome).toMatchObject({ status: "active" })
  expect((await hold(LARGE)).outcome).toMatchObject({ code: "out_of_stock", lines: [{ variantId: LARGE }] })
  expect(await differencesIn(engine.url)).toEqual([])
})

test("late money takes the unit of a due hold of its size", async () => {
  await engine.database.views.query("update holds set expires_at = now() where status = 'active'")
  const orderId = await order(LARGE)
  await succeed(engine.lanes.submit({ kind: "cancel_order", productId: PRODUCT, orderId }))
  await lapse("holds", (await hold(LARGE)).holdId, 1)

  const received = await engine.paymentEvents.receive(eventWith({ key: "late", orderId }))
  expect(received).toMatchObject({ event: { outcome: "paid", late: true } })
})

test("a customer at the limit who asks for one variant does not make another one look as if it were due", async () => {
  await using own = await createTestEngine()
  await offerShoe(own, 1)
  const ask = async (variantId: number, customerId: string) => {
    const holdId = (lastId += 1)
    const lines = [{ variantId, qty: 1 }]
    const command = { kind: "place_hold", productId: PRODUCT, holdId, qty: 1, customerId, lines } as const
    return (await own.lanes.submit(command)).outcome
  }
  const wish = { productId: PRODUCT, qty: 1, customerId: "ann", lines: [{ variantId: LARGE, qty: 1 }] }
  await ask(LARGE, "eve")
  expect(await ask(LARGE, "ann")).toMatchObject({ code: "out_of_stock" })
  expect(own.gate.refusalFor(wish)).toMatchObject({ saleState: "all_held" })

  expect(await ask(SMALL, "eve")).toMatchObject({ code: "customer_limit_reached" })

  expect(own.gate.refusalFor(wish)).toMatchObject({ saleState: "all_held" })
})
