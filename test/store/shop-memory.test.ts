import { expect, test } from "vitest"
import { noShopSettings, type ShopSettings } from "../../src/domain/shop.ts"
import { createShopMemory } from "../../src/store/reads/shop-memory.ts"

const named = (name: string | null): ShopSettings => ({ ...noShopSettings, name })

/** A memory whose reads are answered by the test, and whose clock stands still. */
function memoryByHand() {
  const reads: PromiseWithResolvers<ShopSettings>[] = []
  let nowMs = 10_000
  const memory = createShopMemory(
    () => {
      const read = Promise.withResolvers<ShopSettings>()
      reads.push(read)
      return read.promise
    },
    { name: "shop.example", languages: ["en"] },
    () => nowMs,
  )
  return { memory, reads, wait: (ms: number) => void (nowMs += ms) }
}

test("however many pages are viewed, the row is read once in two seconds, and not while none is", async () => {
  const { memory, reads, wait } = memoryByHand()
  const first = [1, 2, 3].map(async () => memory.face())
  reads[0]?.resolve(named(null))
  expect((await Promise.all(first)).map(({ name }) => name)).toEqual(Array(3).fill("shop.example"))
  wait(1_999)
  expect(memory.face()).toMatchObject({ name: "shop.example" })
  expect(reads).toHaveLength(1)

  wait(1)
  const again = memory.face()
  expect(reads).toHaveLength(2)
  reads[1]?.resolve(named("Aurora"))
  expect(await again).toMatchObject({ name: "Aurora" })
  wait(3_600_000)
  expect(reads).toHaveLength(2)
})

test("while nothing has changed, it is the same object", async () => {
  const { memory, reads, wait } = memoryByHand()
  const first = memory.face()
  reads[0]?.resolve(named("Aurora"))
  await first
  wait(2_000)
  const second = memory.face()
  reads[1]?.resolve(named("Aurora"))
  expect(await second).toBe(await first)
})

test("while the database fails or does not answer, the last shop is shown, and pages wait once", async () => {
  const { memory, reads, wait } = memoryByHand()
  const first = memory.face()
  reads[0]?.resolve(named("Aurora"))
  await first
  wait(2_000)
  const failed = memory.face()
  reads[1]?.reject(new Error("no database"))
  expect(await failed).toMatchObject({ name: "Aurora" })
  expect(memory.face()).toMatchObject({ name: "Aurora" })
  wait(2_000)
  // This read is never answered.
  expect(await memory.face()).toMatchObject({ name: "Aurora" })
  expect(memory.face()).toMatchObject({ name: "Aurora" })
  expect(reads).toHaveLength(3)
})

test("a shop that was never read rejects, and is read again", async () => {
  const { memory, reads } = memoryByHand()
  const failed = memory.face()
  reads[0]?.reject(new Error("no database"))
  await expect(failed).rejects.toThrow("no database")
  const next = memory.face()
  reads[1]?.resolve(named("Aurora"))
  expect(await next).toMatchObject({ name: "Aurora" })
})

test("what this process writes during a read is newer than what the read returns", async () => {
  const { memory, reads, wait } = memoryByHand()
  const first = memory.face()
  reads[0]?.resolve(named("Aurora"))
  await first
  wait(2_000)
  const second = memory.face()
  memory.learn(named("Borealis"))
  reads[1]?.resolve(named("Aurora"))
  expect(await second).toMatchObject({ name: "Borealis" })
  expect(memory.face()).toMatchObject({ name: "Borealis" })
})
