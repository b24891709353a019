import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { instant } from "../../src/domain/time.ts"
import { createSaleCourses } from "../../src/store/reads/sale-courses.ts"
import type { ProductView } from "../../src/store/reads/views.ts"
import { productWith } from "../support/builders.ts"

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] }))
afterEach(() => void vi.useRealTimers())

const SECOND = 1_000

/** Courses of products of which one more unit is held at each read. */
function setUp() {
  const reads: number[] = []
  let isAway = false
  const courses = createSaleCourses({
    async read(id): Promise<ProductView | null> {
      if (isAway) throw new Error("away")
      reads.push(id)
      if (id === 404) return null
      const product = productWith({ id, stock: 10_000, held: reads.length })
      return { product, serverTime: instant(Math.round(performance.now())) }
    },
  })
  return {
    courses,
    reads,
    setAway: (is: boolean) => void (isAway = is),
    heldOf: (id: number) => courses.of(id).map(({ held }) => held),
  }
}

test("nothing is read while nobody watches, nor from a minute after the last look on", async () => {
  const { courses, reads, heldOf } = setUp()
  await vi.advanceTimersByTimeAsync(10 * SECOND)
  expect(reads).toEqual([])

  courses.watch([1])
  await vi.advanceTimersByTimeAsync(600 * SECOND)
  expect(reads).toHaveLength(60)
  expect(vi.getTimerCount()).toBe(0)
  expect(heldOf(1)).toHaveLength(60)

  courses.watch([1])
  await vi.advanceTimersByTimeAsync(2 * SECOND)
  expect(heldOf(1)).toHaveLength(63)
})

test("the last 900 samples are kept, a second apart", async () => {
  const { courses, heldOf } = setUp()
  for (let minute = 0; minute < 20; minute += 1) {
    courses.watch([1])
    await vi.advanceTimersByTimeAsync(50 * SECOND)
  }
  expect(heldOf(1)).toHaveLength(900)
  expect([heldOf(1).at(0), heldOf(1).at(-1)]).toEqual([102, 1_001])
  const [first, second] = courses.of(1)
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(SECOND)
})

test("a product is sampled from the first look on, and twenty at most: those that were looked at last", async () => {
  const { courses, heldOf, reads } = setUp()
  for (let id = 1; id <= 30; id += 1) courses.watch([1, id])
  await vi.advanceTimersByTimeAsync(SECOND)
  // Each at once, and twenty after a second.
  expect(reads).toHaveLength(50)
  expect([heldOf(1).length, heldOf(11).length, heldOf(12).length]).toEqual([2, 0, 2])
})

test("a product that does not exist is forgotten, and while the database is away the sampling rests until the next look", async () => {
  const { courses, reads, setAway, heldOf } = setUp()
  courses.watch([404, 1])
  await vi.advanceTimersByTimeAsync(3 * SECOND)
  expect(reads).toEqual([404, 1, 1, 1, 1])

  setAway(true)
  await vi.advanceTimersByTimeAsync(3 * SECOND)
  expect(vi.getTimerCount()).toBe(0)
  setAway(false)
  courses.watch([1])
  await vi.advanceTimersByTimeAsync(SECOND)
  expect(heldOf(1)).toHaveLength(6)
})
