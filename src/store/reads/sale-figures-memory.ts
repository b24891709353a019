import { setTimeout as sleep } from "node:timers/promises"
import type { Product } from "../../domain/product.ts"
import type { SaleFigures } from "./sale-figures.ts"

/** The figures of sales for live screens, which ask once a second and share what is counted. */
export interface SaleFiguresMemory {
  /**
   * What was counted last of a product that has just been read; begins to count again if the product has changed since
   * and the pause is over. Waits for the first count of a product, for a moment. Null: it is not ready yet, or failed.
   */
  of(product: Pick<Product, "id" | "version">): Promise<SaleFigures | null>
}

export interface SaleFiguresOptions {
  readonly read: (productId: number) => Promise<SaleFigures>
  /** Called for each count that fails. The figures that are known stay. */
  readonly onFailure: (error: unknown) => void
  /** Monotonic milliseconds. */
  readonly clock?: () => number
}

/** The least pause between two counts of a product. */
const PAUSE_MS = 5_000
/** A count is followed by a pause so many times as long, so that counting takes a twentieth of one processor. */
const PAUSE_TIMES = 19
/** Longer than the count of a large sale, and not so long that a page would seem to hang. */
const FIRST_WITHIN_MS = 1_000
/** As many sales as are watched (metrics/watched-holds.ts). */
const MOST_PRODUCTS = 20

interface Known {
  figures: SaleFigures | null
  /** The product's version before the last count began. */
  version: number
  /** No count begins before; infinite while one is under way. */
  notBefore: number
  counting: Promise<void>
}

/**
 * Makes a memory that counts only when it is asked, and never counts two sales at once: each count takes a connection
 * for reads, of which there are few.
 */
export function createSaleFiguresMemory(options: SaleFiguresOptions): SaleFiguresMemory {
  const { read, onFailure, clock = () => performance.now() } = options
  const known = new Map<number, Known>()
  let last = Promise.resolve()

  async function count(id: number, memory: Known): Promise<void> {
    const startedAt = clock()
    try {
      memory.figures = await read(id)
    } catch (error) {
      onFailure(error)
      // Another version than any: so the next count does not wait for a change.
      memory.version = 0
    }
    memory.notBefore = clock() + Math.max(PAUSE_MS, PAUSE_TIMES * (clock() - startedAt))
  }

  function recall(id: number): Known {
    const memory = known.get(id) ?? { figures: null, version: 0, notBefore: 0, counting: last }
    known.delete(id)
    known.set(id, memory)
    for (const oldest of known.keys()) {
      if (known.size <= MOST_PRODUCTS) break
      known.delete(oldest)
    }
    return memory
  }

  return {
    async of({ id, version }) {
      const memory = recall(id)
      if (memory.version !== version && clock() >= memory.notBefore) {
        memory.version = version
        memory.notBefore = Infinity
        memory.counting = last = last.then(() => count(id, memory))
      }
      if (memory.figures === null)
        await Promise.race([memory.counting, sleep(FIRST_WITHIN_MS, undefined, { ref: false })])
      return memory.figures
    },
  }
}
