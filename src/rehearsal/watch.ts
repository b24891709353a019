import { setTimeout as sleep } from "node:timers/promises"
import type pg from "pg"
import type { WantOfUnits } from "./ledger.ts"

/** The product's counters at one moment of the rehearsal. */
export interface Sample {
  readonly atMs: number
  readonly available: number
  readonly held: number
  readonly sold: number
}

/** Looks at the product's row again and again. */
export interface Watch {
  readonly samples: readonly Sample[]
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 100

/** Watches the database itself, because what a server says may be what it remembers. */
export function watchProduct(pool: pg.Pool, productId: number, now: () => number): Watch {
  const samples: Sample[] = []
  let isWatching = true

  /** A look that fails, because a fault has hit the database, is one look less. */
  async function look(): Promise<void> {
    const { rows } = await pool.query<{ stock: number; held: number; sold: number }>(
      "select stock, held, sold from products where id = $1",
      [productId],
    )
    for (const { stock, held, sold } of rows) {
      samples.push({ atMs: Math.round(now()), available: stock - held - sold, held, sold })
    }
  }

  async function lookOn(): Promise<void> {
    while (isWatching) {
      await look().catch(() => undefined)
      await sleep(LOOK_EVERY_MS)
    }
  }
  const done = lookOn()
  return {
    samples,
    async stop() {
      isWatching = false
      await done
    },
  }
}

/** So long may a server go on refusing what has come back (I9). */
const MAY_REFUSE_FOR_MS = 1_000

export interface Undersell {
  /** Seconds in which somebody was refused units that had been there for longer than may be. */
  readonly seconds: number
  readonly refusals: number
}

/**
 * Refusals for want of units that cannot be explained: as many units were there at every look, from a
 * second before the visitor asked until after the answer. In doubt (looks are missing, or one saw fewer)
 * a refusal is explained.
 */
export function findUndersell(samples: readonly Sample[], wants: readonly WantOfUnits[]): Undersell {
  const seconds = new Set<number>()
  let refusals = 0
  for (const want of wants) {
    if (!wereThere(samples, want)) continue
    refusals += 1
    seconds.add(Math.floor(want.askedAt / 1000))
  }
  return { seconds: seconds.size, refusals }
}

/** Looks may be this far apart and still count as one after the other. */
const GAP_MS = 3 * LOOK_EVERY_MS

function wereThere(samples: readonly Sample[], { askedAt, answeredAt, quantity }: WantOfUnits): boolean {
  const since = askedAt - MAY_REFUSE_FOR_MS - LOOK_EVERY_MS
  let later = Infinity
  for (let index = firstFrom(samples, answeredAt); index >= 0; index -= 1) {
    const sample = samples[index]
    if (sample === undefined || sample.available < quantity) return false
    if (later !== Infinity && later - sample.atMs > GAP_MS) return false
    later = sample.atMs
    if (later < since) return true
  }
  return false
}

/** Where the first sample at or after a moment stands; one beyond the end when there is none. */
function firstFrom(samples: readonly Sample[], at: number): number {
  let [low, high] = [0, samples.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((samples[middle]?.atMs ?? Infinity) < at) low = middle + 1
    else high = middle
  }
  return low
}
