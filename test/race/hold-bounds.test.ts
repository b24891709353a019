import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { expect, test } from "vitest"
import { isRefusal } from "../../src/domain/refusals.ts"
import type { Engine } from "../../src/engine.ts"
import { sweepDue } from "../../src/worker/expiry.ts"
import { removeLapsedHolds } from "../../src/store/upkeep/lapsed-holds.ts"
import { eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn } from "../support/database.ts"
import { newProduct } from "../support/products.ts"

const ANN = 1
const BEN = 2
const UNPAID = 20
const holdBounds = { maxPerHold: 10, unpaid: UNPAID, lapsed: 16 }

async function ask(engine: Engine, productId: number, holder: number | undefined, qty = 1) {
  const { outcome } = await engine.lanes.submit({
    kind: "place_hold",
    productId,
    holdId: await engine.ids.next("holds"),
    qty,
    customerId: null,
    holder,
  })
  return outcome
}

/** Holds units that must be granted, and returns the hold's id. */
async function held(engine: Engine, productId: number, holder: number, qty: number): Promise<number> {
  const outcome = await ask(engine, productId, holder, qty)
  if (isRefusal(outcome)) throw new Error(`refused: ${JSON.stringify(outcome)}`)
  return outcome.id
}

async function ordered(engine: Engine, productId: number, holdId: number): Promise<number> {
  const orderId = await engine.ids.next("orders")
  const { outcome } = await engine.lanes.submit({ kind: "place_order", productId, holdId, orderId })
  if (isRefusal(outcome)) throw new Error(`refused: ${JSON.stringify(outcome)}`)
  return orderId
}

async function paid(engine: Engine, productId: number, orderId: number): Promise<void> {
  const event = eventWith({ orderId, key: `key-${orderId}`, paymentId: `pay-${orderId}`, amountMinor: null })
  const { outcome } = await engine.lanes.submit({
    kind: "record_payment_event",
    productId,
    event: { ...event, currency: null },
    newOrderId: await engine.ids.next("orders"),
  })
  if (isRefusal(outcome)) throw new Error(`refused: ${JSON.stringify(outcome)}`)
}

test("400 holds of two holders at two servers: each holder gets its units, and not one more", async () => {
  await using engine = await createTestEngine({ holdBounds })
  await using other = await createTestEngine({ holdBounds }, engine.url)
  const productId = await newProduct(engine, { stock: 1_000 })

  const outcomes = await Promise.all(
    Array.from({ length: 400 }, async (_, index) => {
      const holder = index % 4 < 2 ? ANN : BEN
      const outcome = await ask(index % 2 === 0 ? engine : other, productId, holder)
      return isRefusal(outcome) ? outcome.code : holder
    }),
  )

  const count = (what: number | string) => outcomes.filter((one) => one === what).length
  expect([count(ANN), count(BEN), count("too_many_open_holds")]).toEqual([UNPAID, UNPAID, 400 - 2 * UNPAID])
  expect((await engine.views.product(productId))?.product.held).toBe(2 * UNPAID)
  expect(await differencesIn(engine.url)).toEqual([])
})

test("units stop to count when they are paid, released or cancelled", async () => {
  await using engine = await createTestEngine({ holdBounds })
  const productId = await newProduct(engine, { stock: 1_000 })
  const [first, second, third] = [
    await held(engine, productId, ANN, 10),
    await held(engine, productId, ANN, 6),
    await held(engine, productId, ANN, 4),
  ]
  const left = async () => {
    const outcome = await ask(engine, productId, ANN, 10)
    return isRefusal(outcome) && outcome.code === "too_many_open_holds" ? outcome.unitsLeft : outcome
  }
  expect(await left()).toBe(0)

  const orderId = await ordered(engine, productId, first)
  expect(await left()).toBe(0)
  await paid(engine, productId, orderId)
  // Ten are free now: these are granted, and released.
  await engine.lanes.submit({
    kind: "release_hold",
    productId,
    holdId: await held(engine, productId, ANN, 10),
  })
  expect(await held(engine, productId, ANN, 10)).toBeGreaterThan(0)
  await engine.lanes.submit({ kind: "release_hold", productId, holdId: second })
  expect(await left()).toBe(6)
  const cancelled = await ordered(engine, productId, third)
  await engine.lanes.submit({ kind: "cancel_order", productId, orderId: cancelled })
  expect(await left()).toMatchObject({ status: "active" })
})

test("an order keeps its units counted until its own end; what lapses makes its holder wait", async () => {
  await using engine = await createTestEngine({ holdBounds, holdTtlSeconds: 1, paymentTtlSeconds: 2 })
  const productId = await newProduct(engine, { stock: 1_000 })
  const orderId = await ordered(engine, productId, await held(engine, productId, ANN, 10))
  await held(engine, productId, ANN, 5)
  const asked = (qty: number) => ask(engine, productId, ANN, qty)
  const sweep = () => sweepDue({ lanes: engine.lanes, database: engine.database, observer: engine.events })

  // The hold of five has lapsed, the order has not.
  await expect.poll(() => asked(10), { timeout: 4_000 }).toMatchObject({ status: "active" })
  expect(await asked(1)).toMatchObject({ code: "too_many_open_holds", because: "unpaid", unitsLeft: 0 })

  // Fifteen units of holds are not enough to make their holder wait: the ten of the order are.
  await sleep(2_000)
  await sweep()
  expect(await asked(1)).toMatchObject({ because: "lapsed", unitsLeft: 0 })
  expect(await ask(engine, productId, BEN)).toMatchObject({ status: "active" })
  expect(await ask(engine, productId, undefined, 50)).toMatchObject({ status: "active" })

  // Money that comes late still pays, and then its units have not lapsed.
  await paid(engine, productId, orderId)
  expect(await asked(1)).toMatchObject({ status: "active" })
  await age(engine.url, 901)
  expect(await asked(1)).toMatchObject({ status: "active" })
  await age(engine.url, 3_600)
  expect(await removeLapsedHolds(engine.database.upkeep)).toBeGreaterThan(1)
  expect(await differencesIn(engine.url)).toEqual([])
})

/** Makes all rows older. */
async function age(url: string, seconds: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query("update unpaid_holds set ends_at = ends_at - make_interval(secs => $1)", [seconds])
  await client.end()
}

test.each([
  ["in open mode", null],
  ["with both limits off", { maxPerHold: 10, unpaid: Infinity, lapsed: Infinity }],
])("%s no row is written", async (_, holdBounds) => {
  await using engine = await createTestEngine({ holdBounds })
  const productId = await newProduct(engine, { stock: 10 })
  const holdId = await held(engine, productId, ANN, 10)
  await ordered(engine, productId, holdId)

  const { rows } = await engine.database.views.query("select from unpaid_holds")
  expect(rows).toEqual([])
})
