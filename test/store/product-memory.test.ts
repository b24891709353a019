import { expect, test } from "vitest"
import { instant } from "../../src/domain/time.ts"
import { createProductMemory } from "../../src/store/reads/product-memory.ts"
import type { ProductView } from "../../src/store/reads/views.ts"
import { productWith } from "../support/builders.ts"

/** A product memory whose source and clock the test controls. */
function memoryOverSource() {
  const clock = { now: 0 }
  const reads: { id: number; answer: (view: ProductView | null) => void; fail: (error: Error) => void }[] = []
  const memory = createProductMemory(
    (id) => new Promise((answer, fail) => void reads.push({ id, answer, fail })),
    () => clock.now,
  )
  const stockOf = async (id: number) => (await memory.product(id))?.product.stock ?? null
  return { clock, reads, memory, stockOf }
}

const view = (stock: number): ProductView => ({
  product: productWith({ id: 1, stock }),
  serverTime: instant(1_000_000),
})

test("concurrent calls share one read, and its result is used for 250 ms", async () => {
  const { clock, reads, stockOf } = memoryOverSource()

  const crowd = Promise.all([stockOf(1), stockOf(1), stockOf(1)])
  reads[0]?.answer(view(10))
  expect(await crowd).toEqual([10, 10, 10])
  clock.now = 249
  expect(await stockOf(1)).toBe(10)
  expect(reads).toHaveLength(1)

  clock.now = 250
  const later = stockOf(1)
  reads[1]?.answer(view(9))
  expect(await later).toBe(9)
})

test("a forgotten product is read again, also when it is forgotten during a read", async () => {
  const { reads, memory, stockOf } = memoryOverSource()

  const before = stockOf(1)
  memory.forget(1)
  const after = stockOf(1)
  reads[1]?.answer(view(9))
  reads[0]?.answer(view(10))

  expect(await Promise.all([before, after])).toEqual([10, 9])
  expect(await stockOf(1)).toBe(9)
  memory.forget(1)
  void stockOf(1)
  expect(reads).toHaveLength(3)
})

test("the existence of a product is remembered for ever, its absence for 250 ms", async () => {
  const { clock, reads, memory } = memoryOverSource()
  const first = memory.exists(1)
  reads[0]?.answer(view(10))
  expect(await first).toBe(true)
  memory.forget(1)
  clock.now = 60_000
  expect(memory.exists(1)).toBe(true)

  const none = memory.exists(7)
  reads[1]?.answer(null)
  expect([await none, await memory.exists(7)]).toEqual([false, false])
  clock.now = 60_250
  void memory.exists(7)
  expect(reads).toHaveLength(3)
})

test("serverTime advances while a product is remembered", async () => {
  const { clock, reads, memory } = memoryOverSource()
  const first = memory.product(1)
  reads[0]?.answer(view(10))
  expect((await first)?.serverTime).toBe(1_000_000)
  clock.now = 200
  expect((await memory.product(1))?.serverTime).toBe(1_000_200)
})

test("a missing product is remembered too, a failed read is not", async () => {
  const { reads, stockOf } = memoryOverSource()
  const nothing = stockOf(7)
  reads[0]?.answer(null)
  expect([await nothing, await stockOf(7)]).toEqual([null, null])
  expect(reads).toHaveLength(1)

  const failed = stockOf(8)
  reads[1]?.fail(new Error("away"))
  await expect(failed).rejects.toThrow("away")
  void stockOf(8)
  expect(reads).toHaveLength(3)
})
