import { setTimeout as sleep } from "node:timers/promises"
import type pg from "pg"

/** The products' counters at one moment of the rehearsal. */
export interface Sample {
  readonly atMs: number
  readonly available: number
  readonly held: number
  readonly sold: number
}

/** Reads the products' counters, added up, ten times a second. */
export interface ProductSampler {
  readonly samples: readonly Sample[]
  /** The database's clock minus the rehearsal's, in milliseconds, from the fastest query; NaN before the first one. */
  readonly aheadMs: number
  stop(): Promise<void>
}

const SAMPLE_EVERY_MS = 100

/** Starts sampling, from the database and not from a server, because a server may answer from memory. */
export function sampleProducts(
  pool: pg.Pool,
  productIds: readonly number[],
  now: () => number,
): ProductSampler {
  const samples: Sample[] = []
  let isSampling = true
  let [aheadMs, quickestMs] = [Number.NaN, Infinity]

  async function sample(): Promise<void> {
    const askedAt = now()
    const { rows } = await pool.query<{ stock: number; held: number; sold: number; clock: number }>(
      `select sum(stock)::int as stock, sum(held)::int as held, sum(sold)::int as sold,
              extract(epoch from clock_timestamp())::float8 * 1000 as clock
         from products
        where id = any($1::bigint[])`,
      [productIds],
    )
    const tookMs = now() - askedAt
    for (const { stock, held, sold, clock } of rows) {
      samples.push({ atMs: Math.round(now()), available: stock - held - sold, held, sold })
      if (tookMs < quickestMs) [quickestMs, aheadMs] = [tookMs, clock - (askedAt + tookMs / 2)]
    }
  }

  async function run(): Promise<void> {
    while (isSampling) {
      // A sample that fails because of a deliberate fault is left out.
      await sample().catch(() => undefined)
      await sleep(SAMPLE_EVERY_MS)
    }
  }
  const done = run()
  return {
    samples,
    get aheadMs() {
      return aheadMs
    },
    async stop() {
      isSampling = false
      await done
    },
  }
}
