import { expect, test } from "vitest"
import { needs } from "../../src/domain/needs.ts"
import { execute } from "../../src/domain/execute.ts"
import { defaultSettings } from "../../src/domain/product.ts"
import { isRefusal } from "../../src/domain/refusals.ts"
import { instant } from "../../src/domain/time.ts"
import { defaultVariantSettings } from "../../src/domain/variant.ts"
import { createKnownVariants } from "../../src/store/batch/known-variants.ts"
import { isTransient, StaleMemory } from "../../src/store/errors.ts"
import { createProductStore, type ProductStore } from "../../src/store/batch/product-store.ts"
import { productWith, RULES } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"

const size = (id: number) => ({
  ...defaultVariantSettings,
  id,
  name: `Size ${id}`,
  position: id,
  stock: 5,
  held: 0,
  sold: 0,
})
const sizes = [size(1), size(2)]
const committed = productWith({ version: 7, stock: 10, variants: sizes })

test("variants are used for the row that was committed with them, and for no other", () => {
  const locked = { ...committed, variants: null }
  const { version, stock, held, sold, updatedAt, createdAt } = locked
  const after = (time: number) => instant(time + 1)
  for (const other of [
    { version: version + 1 },
    { stock: stock + 1 },
    { held: held + 1 },
    { sold: sold + 1 },
    { updatedAt: after(updatedAt) },
    { createdAt: after(createdAt) },
  ]) {
    const known = createKnownVariants()
    known.remember(committed)
    expect([other, known.of({ ...locked, ...other })]).toEqual([other, null])
    expect(known.of(locked)).toBe(sizes)
  }
})

test("while another process sells the product, its variants are read with the lock", () => {
  const known = createKnownVariants()
  const row = (version: number) => ({ ...committed, version })
  expect(known.isUseful(committed.id)).toBe(false)
  known.remember(row(7))
  expect(known.isUseful(committed.id)).toBe(true)

  expect(known.of(row(8))).toBeNull()
  known.remember(row(9))
  expect(known.isUseful(committed.id)).toBe(false)
  expect(known.of(row(9))).toBe(sizes)
  expect(known.isUseful(committed.id)).toBe(true)
})

test("a product without variants is not remembered, and of more than a thousand the last ones are", () => {
  const known = createKnownVariants()
  known.remember({ ...committed, variants: null })
  expect(known.isUseful(committed.id)).toBe(false)

  for (let id = 1; id <= 1_000; id += 1) known.remember({ ...committed, id })
  known.remember({ ...committed, id: 1 })
  known.remember({ ...committed, id: 1_001 })
  expect([1, 2, 3, 1_001].map((id) => known.isUseful(id))).toEqual([true, false, true, true])
})

/** A product of two sizes of five units, and the stores of two processes. */
async function twoStores() {
  const engine = await createTestEngine()
  const productId = 1
  const { outcome } = await engine.lanes.submit({
    kind: "create_product",
    productId,
    settings: { ...defaultSettings, name: "Shoe", priceMinor: 100, currency: "EUR" },
    stock: 10,
    adjustmentId: 3,
    variants: [1, 2].map((variantId) => ({
      variantId,
      settings: { ...defaultVariantSettings, name: `Size ${variantId}`, position: variantId },
      stock: 5,
      adjustmentId: variantId,
    })),
  })
  expect(outcome).not.toHaveProperty("code")
  const [first, second] = [1, 2].map(() => createProductStore(engine.database, RULES))
  if (first === undefined || second === undefined) throw new Error("unreachable")
  return { engine, productId, first, second }
}

let lastHold = 0

/** Holds units of one size; returns the code of the refusal, or null. */
async function hold(store: ProductStore, productId: number, variantId: number, qty: number) {
  const command = {
    kind: "place_hold",
    productId,
    holdId: (lastHold += 1),
    qty,
    customerId: null,
    lines: [{ variantId, qty }],
  } as const
  let code: string | null = null
  await store.transact(productId, needs([command]), (state, now) => {
    const { outcome } = execute(state, command, now)
    code = isRefusal(outcome) ? outcome.code : null
  })
  return code
}

async function heldBySize({ database }: TestEngine): Promise<number[]> {
  const { rows } = await database.views.query<{ held: number }>("select held from variants order by id")
  return rows.map(({ held }) => held)
}

test("two processes in turn decide with each other's changes", async () => {
  const { engine, productId, first, second } = await twoStores()
  await using _ = engine

  const codes = []
  for (const store of [first, second, second, first, second, first]) {
    codes.push(await hold(store, productId, 1, 1))
  }

  expect(codes).toEqual([null, null, null, null, null, "out_of_stock"])
  expect(await heldBySize(engine)).toEqual([5, 0])
  expect(await differencesIn(engine.url)).toEqual([])
})

test("a group of products uses what a single batch has committed, and the reverse", async () => {
  const { engine, productId, first } = await twoStores()
  await using _ = engine
  const command = {
    kind: "place_hold",
    productId,
    holdId: 900,
    qty: 3,
    customerId: null,
    lines: [{ variantId: 1, qty: 3 }],
  } as const
  expect(await hold(first, productId, 1, 1)).toBeNull()

  await first.transactTogether([
    { productId, needs: needs([command]), decide: (state, now) => void execute(state, command, now) },
  ])

  expect(await hold(first, productId, 1, 2)).toBe("out_of_stock")
  expect(await heldBySize(engine)).toEqual([4, 0])
})

test("after variants were changed by hand one batch is undone, and the next one decides with what is there", async () => {
  const { engine, productId, first } = await twoStores()
  await using _ = engine
  expect(await hold(first, productId, 1, 1)).toBeNull()
  await engine.database.views.query("update variants set stock = case id when 1 then 3 else 7 end")

  const undone: unknown = await hold(first, productId, 1, 4).catch((error: unknown) => error)
  // Transient, so that the lane tries the whole batch again, and no buyer is told of it.
  expect([undone, isTransient(undone)]).toEqual([expect.any(StaleMemory), true])

  expect(await hold(first, productId, 1, 3)).toBe("out_of_stock")
  expect(await hold(first, productId, 2, 7)).toBeNull()
  expect(await heldBySize(engine)).toEqual([1, 7])
  // `verify` reports the change, because no stock adjustment was recorded for it.
  expect(await differencesIn(engine.url)).toEqual([
    "I1 product 1: variant 1: stock is 3, but its adjustments add up to 5",
    "I1 product 1: variant 2: stock is 7, but its adjustments add up to 5",
  ])
})

test("a batch that failed leaves no variants behind that it did not commit", async () => {
  const { engine, productId, first } = await twoStores()
  await using _ = engine
  expect(await hold(first, productId, 1, 1)).toBeNull()
  // The id of the hold is taken, so the batch is undone.
  lastHold -= 1
  await expect(hold(first, productId, 1, 2)).rejects.toThrow("duplicate key")
  lastHold += 1

  expect(await hold(first, productId, 1, 4)).toBeNull()
  expect(await heldBySize(engine)).toEqual([5, 0])
})
