import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import type { Product } from "../../src/domain/product.ts"
import { instant } from "../../src/domain/time.ts"
import { createProductWatch } from "../../src/store/reads/product-watch.ts"
import type { ProductChanges } from "../../src/store/reads/views.ts"
import { afterNoon, NOON, productWith } from "../support/builders.ts"

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setInterval", "clearInterval"] }))
afterEach(() => void vi.useRealTimers())

/** A product watch over a fake database whose answers and time the test sets. The first time is noon. */
function watchOverDatabase() {
  const startedAt = performance.now()
  const looks: {
    readonly known: ReadonlyMap<number, number>
    answer(...products: Product[]): Promise<void>
    fail(error: Error): Promise<void>
  }[] = []
  const blind = vi.fn<(error: unknown) => void>()
  const watch = createProductWatch({
    readChanged: (known) =>
      new Promise<ProductChanges>((resolve, reject) => {
        const serverTime = instant(NOON + performance.now() - startedAt)
        looks.push({
          known,
          async answer(...products) {
            resolve({ products, serverTime })
            await settled()
          },
          async fail(error) {
            reject(error)
            await settled()
          },
        })
      }),
    onBlind: blind,
  })
  const changes: number[] = []
  watch.onChange = (id) => changes.push(id)
  return { watch, looks, changes, blind }
}

/** Waits until all settled promises have run their callbacks. */
async function settled(): Promise<void> {
  for (let step = 0; step < 10; step += 1) await Promise.resolve()
}

const view = (given: Partial<Product> = {}) => ({ product: productWith(given), serverTime: NOON })

describe("the query for changes", () => {
  test("is one for all watched products, four times a second", () => {
    const { watch, looks } = watchOverDatabase()
    vi.advanceTimersByTime(1_000)
    expect(looks).toHaveLength(0)

    watch.watch(view({ id: 1, version: 7 }))
    watch.watch(view({ id: 2, version: 9 }))
    vi.advanceTimersByTime(250)
    expect(looks.map(({ known }) => [...known])).toEqual([
      [
        [1, 7],
        [2, 9],
      ],
    ])

    watch.unwatch(1)
    watch.unwatch(2)
    vi.advanceTimersByTime(1_000)
    expect(looks).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  test("is not sent while the one before is under way", async () => {
    const { watch, looks } = watchOverDatabase()
    watch.watch(view())
    vi.advanceTimersByTime(2_000)
    expect(looks).toHaveLength(1)

    await looks[0]?.answer()
    vi.advanceTimersByTime(250)
    expect(looks).toHaveLength(2)
  })

  test("finds what another process has changed", async () => {
    const { watch, looks, changes } = watchOverDatabase()
    watch.watch(view({ version: 7, held: 0 }))
    vi.advanceTimersByTime(250)
    await looks[0]?.answer(productWith({ version: 8, held: 2 }))

    expect(changes).toEqual([1])
    expect(watch.product(1)?.product).toMatchObject({ version: 8, held: 2 })
  })

  test("finds a row that replaced one of a higher version", async () => {
    const { watch, looks } = watchOverDatabase()
    watch.watch(view({ version: 7 }))
    vi.advanceTimersByTime(250)
    await looks[0]?.answer(productWith({ version: 1 }))

    expect(watch.product(1)?.product.version).toBe(1)
  })

  test("does not undo a commit of this process that came during the query", async () => {
    const { watch, looks, changes } = watchOverDatabase()
    watch.watch(view({ version: 7 }))
    vi.advanceTimersByTime(250)
    watch.learn(productWith({ version: 9 }))
    await looks[0]?.answer(productWith({ version: 8 }))

    expect(changes).toEqual([1])
    expect(watch.product(1)?.product.version).toBe(9)
  })

  test("is reported once while it fails, and finds changes again afterwards", async () => {
    const { watch, looks, changes, blind } = watchOverDatabase()
    watch.watch(view({ version: 7 }))
    for (const index of [0, 1, 2]) {
      vi.advanceTimersByTime(250)
      await looks[index]?.fail(new Error("away"))
    }
    expect(blind).toHaveBeenCalledTimes(1)

    vi.advanceTimersByTime(250)
    await looks[3]?.answer(productWith({ version: 8 }))
    expect(changes).toEqual([1])
    vi.advanceTimersByTime(250)
    await looks[4]?.fail(new Error("away"))
    expect(blind).toHaveBeenCalledTimes(2)
  })
})

describe("commits of this process", () => {
  test("are known at once, and a state of a lower version is ignored", () => {
    const { watch, changes } = watchOverDatabase()
    watch.watch(view({ version: 7 }))
    watch.learn(productWith({ version: 8 }))
    watch.learn(productWith({ version: 8 }))
    watch.learn(productWith({ version: 7 }))
    watch.learn(productWith({ id: 2, version: 8 }))

    expect(changes).toEqual([1])
    expect(watch.product(1)?.product.version).toBe(8)
    expect(watch.product(2)).toBeNull()
  })
})

describe("time", () => {
  test("opens and closes a sale, also while the database is unreachable", async () => {
    const { watch, looks, changes } = watchOverDatabase()
    watch.watch(view({ opensAt: afterNoon(1), closesAt: afterNoon(2) }))
    vi.advanceTimersByTime(250)
    await looks[0]?.fail(new Error("away"))
    vi.advanceTimersByTime(749)
    expect(changes).toEqual([])
    vi.advanceTimersByTime(1)
    expect(changes).toEqual([1])
    vi.advanceTimersByTime(750)
    expect(changes).toEqual([1])
    vi.advanceTimersByTime(250)
    expect(changes).toEqual([1, 1])
  })

  test("is the database's, not that of the local clock, and goes on between queries", async () => {
    const { watch, looks } = watchOverDatabase()
    watch.watch({ product: productWith(), serverTime: afterNoon(-3_600) })
    vi.advanceTimersByTime(100)
    expect(watch.product(1)?.serverTime).toBe(afterNoon(-3_600) + 100)

    vi.advanceTimersByTime(150)
    await looks[0]?.answer()
    vi.advanceTimersByTime(100)
    expect(watch.product(1)?.serverTime).toBe(NOON + 350)
  })

  test("does not go back for a slow answer, so that a sale opens once", async () => {
    const { watch, looks, changes } = watchOverDatabase()
    watch.watch(view({ opensAt: afterNoon(2) }))
    vi.advanceTimersByTime(2_250)
    expect(changes).toEqual([1])
    await looks[0]?.answer()
    vi.advanceTimersByTime(250)

    expect(watch.product(1)?.serverTime).toBe(NOON + 2_500)
    expect(changes).toEqual([1])
  })
})
