import type pg from "pg"
import { setTimeout as sleep } from "node:timers/promises"
import type { Database } from "../pool.ts"
import { transaction, type Tx } from "../tx.ts"
import { checks, RECOUNT_TIMEOUT_MS, violationsOf, type Violation } from "./verify.ts"
import type { Check } from "./verify-money.ts"

/** The result of a recount. */
export interface Recount {
  /** True: all products were recounted; false: only those that have changed since they were last without violations. */
  readonly isFull: boolean
  readonly violations: readonly Violation[]
}

/** How often a recount is full. */
export interface RecountPace {
  /** Milliseconds from one full recount to the next one. */
  readonly fullEveryMs: number
  /** If the checks of a full recount take at most this many milliseconds, every recount is full. */
  readonly smallMs: number
}

/** Doorbuster raises a product's version with every change. Only changes by other programs wait for a full recount. */
const defaultPace: RecountPace = { fullEveryMs: 3_600_000, smallMs: 250 }
/** A cancellation that arrives before its statement has no effect, so it is repeated. */
const CANCEL_AGAIN_MS = 200

/**
 * Makes the recount of this process, which may run during a sale on the same machine. It runs one check at a time on
 * one processor, and after each check it rests for four times as long. Each check reads a snapshot of its own.
 *
 * The first recount is full, and so is every recount after a violation or after an hour. The others recount only
 * products whose version has changed since they were last without violations, and leave out the checks that read the
 * inbox, whose rows belong to no product. The versions are kept in memory only.
 *
 * When `signal` aborts, the running statement is cancelled and the recount rejects.
 */
export function createRecount(
  database: Pick<Database, "views" | "lookups">,
  signal: AbortSignal,
  pace: RecountPace = defaultPace,
): () => Promise<Recount> {
  let clean = new Map<number, number>()
  let fullAt = -Infinity

  return async () => {
    const startedAt = performance.now()
    const isFull = startedAt - fullAt >= pace.fullEveryMs
    // Read before the checks run, so that products which change during them are recounted the next time.
    const versions = await readVersions(database.views)
    const moved = [...versions].filter(([id, version]) => clean.get(id) !== version).map(([id]) => id)
    if (!isFull && moved.length === 0) return { isFull, violations: [] }

    const violations: Violation[] = []
    let workedMs = 0
    for (const check of isFull ? checks : checks.filter(isUnderProducts)) {
      const checkedAt = performance.now()
      violations.push(...(await runCheck(database, signal, check, isFull ? undefined : moved)))
      const took = performance.now() - checkedAt
      workedMs += took
      await sleep(4 * took, undefined, { signal })
    }

    const isClean = violations.length === 0
    if (isClean) clean = versions
    if (!isClean || (isFull && workedMs <= pace.smallMs)) fullAt = -Infinity
    else if (isFull) fullAt = startedAt
    return { isFull, violations }
  }
}

function isUnderProducts({ text }: Check): boolean {
  return !text.includes("payment_events")
}

async function readVersions(pool: pg.Pool): Promise<Map<number, number>> {
  const { rows } = await pool.query<{ id: number; version: number }>({
    name: "product-versions",
    text: `
      select id, version
        from products`,
  })
  return new Map(rows.map(({ id, version }) => [id, version]))
}

function runCheck(
  { views, lookups }: Pick<Database, "views" | "lookups">,
  signal: AbortSignal,
  check: Check,
  productIds: readonly number[] | undefined,
): Promise<Violation[]> {
  return transaction(views, async (tx) => {
    await tx.query("set transaction read only")
    await tx.query(`set local statement_timeout = ${RECOUNT_TIMEOUT_MS}`)
    await tx.query("set local enable_seqscan = on")
    await tx.query("set local max_parallel_workers_per_gather = 0")
    return cancelledBy(signal, { tx, pool: lookups }, () => violationsOf(tx, check, productIds))
  })
}

/** Runs `work`, one statement of `tx`; when `signal` aborts, cancels it through a connection of `pool`. */
async function cancelledBy<T>(
  signal: AbortSignal,
  { tx, pool }: { readonly tx: Tx; readonly pool: pg.Pool },
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const {
    rows: [own],
  } = await tx.query<{ pid: number }>("select pg_backend_pid() as pid")
  let isOver = false
  let cancelling = Promise.resolve()
  async function cancel(): Promise<void> {
    while (!isOver) {
      // If this fails too, the time-out of the statement ends it.
      await pool.query("select pg_cancel_backend($1)", [own?.pid]).catch(() => undefined)
      if (!isOver) await sleep(CANCEL_AGAIN_MS)
    }
  }
  const onAbort = (): void => {
    cancelling = cancel()
  }
  signal.addEventListener("abort", onAbort, { once: true })
  try {
    signal.throwIfAborted()
    return await work()
  } finally {
    isOver = true
    signal.removeEventListener("abort", onAbort)
    // The connection returns to its pool only after the last cancellation, which would hit its next statement.
    await cancelling
  }
}
