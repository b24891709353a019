import { describe, expect, test } from "vitest"
import {
  availabilityByVariant,
  availabilityOf,
  findUndersell,
  type Step,
} from "../../src/proof/rehearsal/availability.ts"
import { openDatabase } from "../../src/store/pool.ts"
import { startTestApp } from "../support/app.ts"
import { createTestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"

/** Steps of a database whose clock is a minute ahead. */
const AHEAD_MS = 60_000
const steps = (...found: [atMs: number, available: number][]): Step[] => [
  { atMs: -1e15, available: 0 },
  ...found.map(([atMs, available]) => ({ atMs: atMs + AHEAD_MS, available })),
]
const want = (askedAt: number, quantity = 1) => ({ askedAt, answeredAt: askedAt + 20, quantity })

describe("an undersell", () => {
  test("is the refusal of units that were available for more than a second", () => {
    const found = findUndersell(steps([1_000, 2]), [want(3_000), want(3_500, 2), want(4_100)], AHEAD_MS)
    expect(found).toEqual({ seconds: 2, refusals: 3 })
  })

  test.each<[string, Step[], ReturnType<typeof want>]>([
    ["the units became available less than a second before", steps([2_500, 2]), want(3_000)],
    ["fewer units were available than the request asked for", steps([0, 1]), want(3_000, 2)],
    ["the last unit was taken while the visitor waited", steps([0, 1], [3_010, 0]), want(3_000)],
    [
      "no unit was available for one millisecond of that second",
      steps([0, 1], [2_500, 0], [2_501, 1]),
      want(3_000),
    ],
    ["no unit was ever available", steps(), want(3_000)],
  ])("is not found when %s", (_why, found, wanted) => {
    expect(findUndersell(found, [wanted], AHEAD_MS)).toEqual({ seconds: 0, refusals: 0 })
  })
})

test("a basket is an undersell only when each of its variants was available for more than a second", () => {
  const byVariant = new Map([
    [1, steps([0, 1])],
    [2, steps([0, 1], [2_500, 0], [2_501, 1])],
    [3, steps([0, 2])],
  ])
  const basket = (...ids: number[]) => ({
    ...want(3_000, ids.length),
    lines: ids.map((variantId) => ({ variantId, quantity: 1 })),
  })
  const found = (...ids: number[]) => findUndersell([], [basket(...ids)], AHEAD_MS, byVariant).refusals

  expect([found(1, 3), found(3), found(1, 2), found(2), found(1, 4)]).toEqual([1, 1, 0, 0, 0])
})

test("the available units of each variant come from the lines of holds and orders", async () => {
  await using app = await startTestApp()
  const database = openDatabase({ url: app.databaseUrl })
  const variants = [1, 2].map((size) => ({ name: `Size ${size}`, stock: 5 }))
  const { body: product } = await app.post("/api/admin/products", {
    name: "Shoe",
    price_minor: 100,
    currency: "EUR",
    variants,
  })
  const [one, other]: number[] = product.variants.map(({ id }: { id: number }) => id)
  const hold = async (...lines: [variant_id: number | undefined, qty: number][]): Promise<number> => {
    const wanted = lines.map(([variant_id, qty]) => ({ variant_id, qty }))
    const { status, body } = await app.post("/api/holds", { product_id: product.id, lines: wanted })
    expect(status).toBe(201)
    return body.hold_id
  }
  const released = await hold([one, 1], [other, 2])
  await app.send("DELETE", `/api/holds/${released}`)
  const { body: order } = await app.post("/api/orders", { hold_id: await hold([one, 3]) })
  await hold([other, 1], [one, 1])
  await app.post(`/api/orders/${order.order_id}/cancel`)

  const found = await availabilityByVariant(database.views, product.id)
  await database.close()

  const available = (id = 0) => found.get(id)?.map((step) => step.available)
  expect(available(one)).toEqual([5, 4, 5, 2, 1, 4])
  expect(available(other)).toEqual([5, 3, 5, 4])
})

test("the number of available units at each moment comes from the rows of holds and orders", async () => {
  await using engine = await createTestEngine()
  const { lanes, ids } = engine
  const productId = await newProduct(engine, { stock: 10 })
  const hold = async (qty: number) => {
    const holdId = await ids.next("holds")
    await lanes.submit({ kind: "place_hold", productId, holdId, qty, customerId: null })
    return holdId
  }
  const order = async (holdId: number) => {
    const orderId = await ids.next("orders")
    await lanes.submit({ kind: "place_order", productId, holdId, orderId })
    return orderId
  }
  const released = await hold(2)
  await lanes.submit({ kind: "release_hold", productId, holdId: released })
  const cancelled = await order(await hold(3))
  await order(await hold(4))
  await lanes.submit({ kind: "cancel_order", productId, orderId: cancelled })

  const found = await availabilityOf(engine.database.views, productId)

  expect(found.map(({ available }) => available)).toEqual([10, 8, 10, 7, 3, 6])
  expect(found.map(({ atMs }) => atMs)).toEqual(found.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
})

test("units that one batch takes and frees count as taken first, because a visitor may have been refused in between", async () => {
  await using engine = await createTestEngine()
  const { lanes, ids } = engine
  const productId = await newProduct(engine, { stock: 10 })
  const [early, next] = [await ids.next("holds"), await ids.next("holds")]
  const wish = { kind: "place_hold", productId, customerId: null } as const
  await lanes.submit({ ...wish, holdId: early, qty: 1 })

  await Promise.all([
    lanes.submit({ ...wish, holdId: next, qty: 9 }),
    lanes.submit({ kind: "release_hold", productId, holdId: early }),
  ])

  const found = await availabilityOf(engine.database.views, productId)
  expect(found.map(({ available }) => available)).toEqual([10, 9, 0, 1])
})
