import { setTimeout as sleep } from "node:timers/promises"
import { noProductContent, type ProductContent } from "../../domain/product-content.ts"
import type { StoredContent } from "./product-contents.ts"

/**
 * The contents of products, for pages: however many are viewed, the content of a product is read at most once in two
 * seconds. So a change by another process is seen within two seconds.
 */
export interface ContentMemory {
  /**
   * Returns the contents of products, without a promise while they are fresh. While the database does not answer, they
   * are the last ones that were read; rejects only if one was never read.
   */
  contentsOf(productIds: readonly number[]): Contents | Promise<Contents>
  /** Tells the memory what this process has just written. */
  learn(productId: number, content: ProductContent): void
}

/** By product; a product without content has an empty one. The same object while nothing has changed. */
export type Contents = (productId: number) => ProductContent

const MEMORY_MS = 2_000
/** How long a page waits for a read before it takes what was read last. */
const WAIT_MS = 300
/** Limits the products that are remembered, those without content included. */
const REMEMBERED = 10_000

interface Known {
  readonly content: ProductContent
  readonly text: string
  checkedAt: number
}

/** Makes a memory of what `read` returns. `clock`: monotonic milliseconds. */
export function createContentMemory(
  read: (productIds: readonly number[]) => Promise<ReadonlyMap<number, StoredContent>>,
  clock: () => number = () => performance.now(),
): ContentMemory {
  const known = new Map<number, Known>()
  const reading = new Map<number, Promise<void>>()

  function learn(productId: number, content: ProductContent): void {
    const text = JSON.stringify(content)
    const before = known.get(productId)
    if (before?.text === text) {
      before.checkedAt = clock()
      return
    }
    if (known.size >= REMEMBERED) known.clear()
    known.set(productId, { content, text, checkedAt: clock() })
  }

  function readAgain(productIds: readonly number[]): void {
    const before = new Map(productIds.map((id) => [id, known.get(id)]))
    const done = read(productIds)
      .then((found) => {
        for (const id of productIds) {
          // A write of this process during the read is newer than what the read returns.
          const now = known.get(id)
          if (now === undefined || now === before.get(id))
            learn(id, found.get(id)?.content ?? noProductContent)
        }
      })
      .catch((error: unknown) => {
        // What is known goes on to be shown, and is not read again at once.
        for (const id of productIds) {
          const last = known.get(id)
          if (last === undefined) throw error
          last.checkedAt = clock()
        }
      })
      .finally(() => {
        for (const id of productIds) reading.delete(id)
      })
    // Whoever waits for it gets the error.
    done.catch(() => undefined)
    for (const id of productIds) reading.set(id, done)
  }

  const contents: Contents = (id) => known.get(id)?.content ?? noProductContent

  return {
    contentsOf(productIds) {
      const now = clock()
      const isFresh = (id: number) => now - (known.get(id)?.checkedAt ?? -Infinity) < MEMORY_MS
      const stale = productIds.filter((id) => !isFresh(id) && !reading.has(id))
      if (stale.length > 0) readAgain(stale)
      const waited = productIds.flatMap((id) => reading.get(id) ?? [])
      if (waited.length === 0) return contents
      const read = Promise.all(waited).then(() => contents)
      const isAllKnown = productIds.every((id) => known.has(id))
      return isAllKnown ? Promise.race([read, sleep(WAIT_MS, contents, { ref: false })]) : read
    },
    learn,
  }
}
