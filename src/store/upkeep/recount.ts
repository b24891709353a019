import type pg from "pg"
import { setTimeout as sleep } from "node:timers/promises"
import type { Database } from "../pool.ts"
import { transaction, type Tx } from "../tx.ts"
import { checks, RECOUNT_TIMEOUT_MS, violationsOf, type Violation } from "./verify.ts"
import type { Check } from "./verify-money.ts"

/** What a recount found. */
export interface Recount {
  /** True: every product was recounted; false: only those that have moved since they were last found clean. */
  readonly isFull: boolean
  readonly violations: readonly Violation[]
}

/** When a recount reads everything although nothing has moved. */
export interface RecountPace {
  /** Milliseconds from one full recount to the next. */
  readonly fullEveryMs: number
  /** Where the checks of a full recount take no longer than this, each recount is full. Milliseconds. */
  readonly smallMs: number
}

/** A difference without a new version cannot come from Doorbuster, so it may take an hour to be found. */
const defaultPace: RecountPace = { fullEveryMs: 3_600_000, smallMs: 250 }
/** A cancellation that comes before its statement does nothing, so it is repeated. */
const CANCEL_AGAIN_MS = 200

/**
 * Makes the recount of this process, for use beside a sale on the same machine: one check at a time, each
 * exact at its own moment, on one processor at most, and with a rest after each that is four times as long.
 *
 * The first one is full, as is each one after a violation or an hour. In between only products are recounted
 * whose version is another than when they were last found clean, and the checks that read the inbox, which
 * is under no product, are left out. The versions are kept in memory: after a restart nothing is taken on trust.
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
    // Read before the rows: what moves meanwhile is recounted the next time.
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

/** Runs `work`, one statement of `tx`; when `signal` aborts, cancels it by way of a connection of `pool`. */
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
      // Where even this fails, the statement ends by its own time-out.
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
    // The connection goes back to its pool only when no cancellation is on its way to it.
    await cancelling
  }
}
