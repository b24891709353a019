import { expect, test } from "vitest"
import { instant } from "../../src/domain/time.ts"
import { createSaleFiguresMemory } from "../../src/store/reads/sale-figures-memory.ts"
import type { SaleFigures } from "../../src/store/reads/sale-figures.ts"

/** Figures that are told apart by their number of holds. */
function figuresOf(holds: number): SaleFigures {
  const nothing = { count: 0, units: 0 }
  const made = { count: holds, units: holds }
  return {
    holds: made,
    hasAllHolds: true,
    orders: nothing,
    paid: nothing,
    revenue: [],
    countedAt: instant(0),
  }
}

/** A memory whose counts end when the test says so. */
function setUp() {
  let now = 0
  const counts: { readonly id: number; readonly ends: PromiseWithResolvers<SaleFigures> }[] = []
  const failures: unknown[] = []
  const memory = createSaleFiguresMemory({
    read(id) {
      const ends = Promise.withResolvers<SaleFigures>()
      counts.push({ id, ends })
      return ends.promise
    },
    onFailure: (error) => void failures.push(error),
    clock: () => now,
  })
  return {
    counts,
    failures,
    holdsOf: async (id: number, version: number) => (await memory.of({ id, version }))?.holds.count,
    /** Ends the last count after `milliseconds`. */
    end: async (milliseconds: number, holds: number | Error) => {
      now += milliseconds
      const ends = counts.at(-1)?.ends
      if (typeof holds === "number") ends?.resolve(figuresOf(holds))
      else ends?.reject(holds)
      await new Promise((resolve) => setImmediate(resolve))
    },
    wait: (milliseconds: number) => void (now += milliseconds),
  }
}

test("a sale is counted when it has changed and five seconds are over, and answers meanwhile are as before", async () => {
  const { holdsOf, end, wait, counts } = setUp()
  const first = holdsOf(1, 1)
  await expect.poll(() => counts.length).toBe(1)
  await end(10, 7)
  expect(await first).toBe(7)

  wait(4_999)
  expect(await holdsOf(1, 2)).toBe(7)
  expect(counts).toHaveLength(1)
  wait(1)
  expect(await holdsOf(1, 2)).toBe(7)
  expect(await holdsOf(1, 3)).toBe(7)
  await expect.poll(() => counts.length).toBe(2)
  await end(10, 8)
  expect(await holdsOf(1, 3)).toBe(8)
})

test("a sale that has not changed is not counted again", async () => {
  const { holdsOf, end, wait, counts } = setUp()
  const first = holdsOf(1, 1)
  await expect.poll(() => counts.length).toBe(1)
  await end(0, 7)
  await first
  wait(3_600_000)

  expect(await holdsOf(1, 1)).toBe(7)
  expect(counts).toHaveLength(1)
})

test("after a long count the pause is nineteen times as long", async () => {
  const { holdsOf, end, wait, counts } = setUp()
  const first = holdsOf(1, 1)
  await expect.poll(() => counts.length).toBe(1)
  await end(2_000, 7)
  await first

  wait(37_999)
  await holdsOf(1, 2)
  expect(counts).toHaveLength(1)
  wait(1)
  await holdsOf(1, 2)
  await expect.poll(() => counts.length).toBe(2)
})

test("sales are counted one after the other", async () => {
  const { holdsOf, end, counts } = setUp()
  const [one, other] = [holdsOf(1, 1), holdsOf(2, 1)]
  await expect.poll(() => counts.map(({ id }) => id)).toEqual([1])
  await end(0, 7)
  expect(await one).toBe(7)
  await expect.poll(() => counts.map(({ id }) => id)).toEqual([1, 2])
  await end(0, 9)
  expect(await other).toBe(9)
})

test("a count that fails is told, and repeated after the pause although nothing has changed", async () => {
  const { holdsOf, end, wait, counts, failures } = setUp()
  const first = holdsOf(1, 1)
  await expect.poll(() => counts.length).toBe(1)
  await end(0, new Error("away"))
  expect(await first).toBeUndefined()
  expect(failures).toEqual([new Error("away")])

  expect(await holdsOf(1, 1)).toBeUndefined()
  expect(counts).toHaveLength(1)
  wait(5_000)
  const second = holdsOf(1, 1)
  await expect.poll(() => counts.length).toBe(2)
  await end(0, 7)
  expect(await second).toBe(7)
})
