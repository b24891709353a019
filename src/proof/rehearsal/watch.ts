import { setTimeout as sleep } from "node:timers/promises"
import type pg from "pg"

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
  /** The database's clock less the rehearsal's, in milliseconds, by the quickest look; NaN before the first. */
  readonly aheadMs: number
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 100

/** Watches the database itself, because what a server says may be what it remembers. */
export function watchProduct(pool: pg.Pool, productId: number, now: () => number): Watch {
  const samples: Sample[] = []
  let isWatching = true
  let [aheadMs, quickestMs] = [Number.NaN, Infinity]

  /** A look that fails, because a fault has hit the database, is one look less. */
  async function look(): Promise<void> {
    const askedAt = now()
    const { rows } = await pool.query<{ stock: number; held: number; sold: number; clock: number }>(
      `select stock, held, sold, extract(epoch from clock_timestamp())::float8 * 1000 as clock
         from products
        where id = $1`,
      [productId],
    )
    const tookMs = now() - askedAt
    for (const { stock, held, sold, clock } of rows) {
      samples.push({ atMs: Math.round(now()), available: stock - held - sold, held, sold })
      if (tookMs < quickestMs) [quickestMs, aheadMs] = [tookMs, clock - (askedAt + tookMs / 2)]
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
    get aheadMs() {
      return aheadMs
    },
    async stop() {
      isWatching = false
      await done
    },
  }
}
