import { expect, test } from "vitest"
import { noProductContent, type ProductContent } from "../../src/domain/product-content.ts"
import { createContentMemory } from "../../src/store/reads/content-memory.ts"
import type { StoredContent } from "../../src/store/reads/product-contents.ts"

const saying = (afterPurchase: string): ProductContent => ({ ...noProductContent, afterPurchase })
const stored = (...rows: readonly (readonly [number, string])[]) =>
  new Map<number, StoredContent>(
    rows.map(([id, text]) => [id, { content: saying(text), updatedAt: null }] as const),
  )

/** A memory whose reads are answered by the test, and whose clock stands still. */
function memoryByHand() {
  const reads: (PromiseWithResolvers<ReadonlyMap<number, StoredContent>> & { ids: readonly number[] })[] = []
  let nowMs = 10_000
  const memory = createContentMemory(
    (ids) => {
      const read = Promise.withResolvers<ReadonlyMap<number, StoredContent>>()
      reads.push({ ...read, ids })
      return read.promise
    },
    () => nowMs,
  )
  const textsOf = async (...ids: number[]) => {
    const contentOf = await memory.contentsOf(ids)
    return ids.map((id) => contentOf(id).afterPurchase)
  }
  return { memory, reads, textsOf, wait: (ms: number) => void (nowMs += ms) }
}

test("each product is read once in two seconds, in one read with the others of its page, and not while none is viewed", async () => {
  const { reads, textsOf, wait } = memoryByHand()
  const first = [textsOf(1, 2), textsOf(2), textsOf(2, 3)]
  expect(reads.map(({ ids }) => ids)).toEqual([[1, 2], [3]])
  reads[0]?.resolve(stored([1, "one"]))
  reads[1]?.resolve(stored([3, "three"]))
  expect(await Promise.all(first)).toEqual([["one", null], [null], [null, "three"]])

  wait(1_999)
  expect(await textsOf(1, 2, 3)).toEqual(["one", null, "three"])
  expect(reads).toHaveLength(2)
  wait(1)
  const again = textsOf(1)
  reads[2]?.resolve(stored([1, "another"]))
  expect(await again).toEqual(["another"])
  wait(3_600_000)
  expect(reads).toHaveLength(3)
})

test("while nothing has changed it is the same object, so that a page need not be made again", async () => {
  const { memory, reads, wait } = memoryByHand()
  const read = async () => (await memory.contentsOf([1, 2]))(1)
  const first = read()
  reads[0]?.resolve(stored([1, "one"]))
  wait(2_000)
  await first
  const second = read()
  reads[1]?.resolve(stored([1, "one"]))
  expect(await second).toBe(await first)
  expect((await memory.contentsOf([1, 2]))(2)).toBe(noProductContent)
})

test("a write of this process wins over a read that was under way", async () => {
  const { memory, reads, textsOf, wait } = memoryByHand()
  const first = textsOf(1)
  reads[0]?.resolve(stored([1, "old"]))
  await first
  wait(2_000)
  const late = textsOf(1)
  memory.learn(1, saying("new"))
  reads[1]?.resolve(stored([1, "old"]))
  expect(await late).toEqual(["new"])
})

test("while the database does not answer, pages show what was read last; what was never read is an error", async () => {
  const { reads, textsOf, wait } = memoryByHand()
  const first = textsOf(1)
  reads[0]?.resolve(stored([1, "one"]))
  await first
  wait(2_000)
  // It hangs.
  expect(await textsOf(1)).toEqual(["one"])
  reads[1]?.reject(new Error("gone"))
  await new Promise(setImmediate)
  expect(await textsOf(1)).toEqual(["one"])
  expect(reads).toHaveLength(2)

  const unknown = textsOf(7)
  reads[2]?.reject(new Error("gone"))
  await expect(unknown).rejects.toThrow("gone")
  const again = textsOf(7)
  reads[3]?.resolve(stored())
  expect(await again).toEqual([null])
})
