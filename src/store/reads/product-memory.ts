import { instant } from "../../domain/time.ts"
import type { ProductView } from "./views.ts"

/**
 * A cache of products for readers: however many buyers reload a page, each product is read from the database at most
 * four times a second.
 *
 * An answer is at most 250 ms old, and includes every commit of this process. Its `serverTime` is the current time.
 */
export interface ProductMemory {
  /** Returns a product, without a promise if it is cached; null: there is no such product. */
  product(id: number): ProductView | null | Promise<ProductView | null>
  /**
   * True if the product exists, or existed at an earlier read. Only an id without a product costs a read, and none
   * gets a lane.
   */
  exists(id: number): boolean | Promise<boolean>
  /** Drops the cached product and the result of a read under way, because the product has changed. */
  forget(id: number): void
}

const MEMORY_MS = 250
/** Limits the cached ids, those without a product included. */
const REMEMBERED = 10_000

interface Memory {
  readonly reading: Promise<ProductView | null>
  /** The result of the read; undefined until it is there. */
  view: ProductView | null | undefined
  readAt: number
}

/** Makes a cache of what `read` returns. `clock`: monotonic milliseconds. */
export function createProductMemory(
  read: (id: number) => Promise<ProductView | null>,
  clock: () => number = () => performance.now(),
): ProductMemory {
  const memories = new Map<number, Memory>()
  const seen = new Set<number>()

  /** Calls that come during a read share its result. */
  function recall(id: number): Memory {
    const known = memories.get(id)
    if (known !== undefined && (known.view === undefined || clock() - known.readAt < MEMORY_MS)) return known
    if (memories.size >= REMEMBERED) memories.clear()
    const memory: Memory = { reading: read(id), view: undefined, readAt: 0 }
    memories.set(id, memory)
    memory.reading.then(
      (view) => {
        memory.view = view
        memory.readAt = clock()
        if (view !== null) seen.add(id)
      },
      // The callers get the error, and the next call reads again.
      () => memories.get(id) === memory && memories.delete(id),
    )
    return memory
  }

  /** Adds the time since the read to `serverTime`. */
  function asOfNow(view: ProductView | null, readAt: number): ProductView | null {
    if (view === null) return null
    return { product: view.product, serverTime: instant(Math.round(view.serverTime + clock() - readAt)) }
  }

  return {
    product(id) {
      const memory = recall(id)
      if (memory.view !== undefined) return asOfNow(memory.view, memory.readAt)
      return memory.reading.then((view) => asOfNow(view, clock()))
    },
    exists: (id) => seen.has(id) || recall(id).reading.then((view) => view !== null),
    forget: (id) => void memories.delete(id),
  }
}
