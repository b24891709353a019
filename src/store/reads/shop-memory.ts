import { setTimeout as sleep } from "node:timers/promises"
import type { ShopFace, ShopSettings } from "../../domain/shop.ts"

/**
 * What buyers see of the shop, for many pages: however many are viewed, the row is read at most once in two seconds,
 * and not at all while no page is viewed. So a change by another process is seen within two seconds.
 */
export interface ShopMemory {
  /**
   * Returns the shop, without a promise while it is fresh. While the database does not answer, it is the last one that
   * was read; rejects only if there is none.
   */
  face(): ShopFace | Promise<ShopFace>
  /** Tells the memory what this process has just written. */
  learn(settings: ShopSettings): void
}

/** What is shown of a shop that has not set it. */
export type ShopDefaults = Pick<ShopFace, "name" | "languages">

const MEMORY_MS = 2_000
/** How long a page waits for the row before it takes the last one known. */
const WAIT_MS = 300

/** Makes a memory of what `read` returns; `defaults` are shown for what is not set. `clock`: monotonic milliseconds. */
export function createShopMemory(
  read: () => Promise<ShopSettings>,
  defaults: ShopDefaults,
  clock: () => number = () => performance.now(),
): ShopMemory {
  let known: ShopFace | null = null
  let checkedAt = 0
  let reading: Promise<ShopFace> | null = null
  let writes = 0

  function learn(settings: ShopSettings): ShopFace {
    checkedAt = clock()
    const face = {
      ...settings,
      name: settings.name ?? defaults.name,
      languages: settings.languages ?? defaults.languages,
    }
    // The same object while nothing has changed, so that what is made from it can be remembered.
    if (known === null || JSON.stringify(face) !== JSON.stringify(known)) known = face
    return known
  }

  /** A write of this process during the read is newer than what the read returns. */
  async function readAgain(): Promise<ShopFace> {
    const before = writes
    const settings = await read()
    return writes === before || known === null ? learn(settings) : known
  }

  return {
    face() {
      if (known !== null && clock() - checkedAt < MEMORY_MS) return known
      reading ??= readAgain().finally(() => (reading = null))
      if (known === null) return reading
      const last = known
      const late = sleep(WAIT_MS, last, { ref: false })
      return Promise.race([reading, late])
        .catch(() => last)
        .then((face) => {
          // Also after a failure, or no answer: pages must not wait again at once.
          checkedAt = clock()
          return face
        })
    },
    learn(settings) {
      writes += 1
      learn(settings)
    },
  }
}
