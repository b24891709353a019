import { instant } from "../../domain/time.ts"
import type { ProductView } from "./views.ts"

/**
 * A short memory of products for readers, so that a crowd that reloads costs the database four
 * reads a second and product.
 *
 * What it says is at most 250 ms old, whoever changed the product; what this process itself has
 * committed is in it at once. Its `serverTime` goes on while it is remembered.
 */
export interface ProductMemory {
  /** Null: there is no such product. What is remembered is answered at once. */
  product(id: number): ProductView | null | Promise<ProductView | null>
  /**
   * Whether there is, or was, such a product. Answered from memory for every product that was ever
   * seen, so that only ids that name nothing cost a read, and none of them a lane.
   */
  exists(id: number): boolean | Promise<boolean>
  /** Throws away what is known and what is being read: the product has changed. */
  forget(id: number): void
}

const MEMORY_MS = 250
/** Products, and ids that name none, remembered at one time. */
const REMEMBERED = 10_000

interface Memory {
  readonly reading: Promise<ProductView | null>
  /** What was read; undefined while it is awaited. */
  view: ProductView | null | undefined
  readAt: number
}

/** Remembers what `read` answers. `clock` tells milliseconds and never goes back. */
export function createProductMemory(
  read: (id: number) => Promise<ProductView | null>,
  clock: () => number = () => performance.now(),
): ProductMemory {
  const memories = new Map<number, Memory>()
  const seen = new Set<number>()

  /** All who ask while a product is being read get the same answer. */
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
      // Whoever asked hears of it; the next one asks anew.
      () => memories.get(id) === memory && memories.delete(id),
    )
    return memory
  }

  /** The clock goes on while a product is remembered. */
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
