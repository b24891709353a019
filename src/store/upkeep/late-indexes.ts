import { setTimeout as sleep } from "node:timers/promises"
import type pg from "pg"

/** An index of a table that a sale writes. */
interface LateIndex {
  readonly name: string
  readonly definition: string
}

/**
 * For the search of orders and holds, in which rows without a reference are not; an order's age never changes. For the
 * page of an order: events that left no payment of their own. An event that pays its order, as nearly all do, is not in it.
 */
const lateIndexes: readonly LateIndex[] = [
  { name: "orders_by_age", definition: "orders (created_at, id)" },
  { name: "orders_by_reference", definition: "orders (reference, id) where reference is not null" },
  { name: "holds_by_reference", definition: "holds (reference, id) where reference is not null" },
  {
    name: "payment_events_without_payment",
    definition:
      "payment_events (applied_order_id, received_at) where outcome in ('cancelled', 'disputed', 'ignored_final', 'refund_due')",
  },
]

/** An index that is being built beside a sale. */
export interface IndexProgress {
  readonly index: string
  /** What PostgreSQL is doing, in its words, such as "building index: scanning table". */
  readonly phase: string
  /** How much of the phase is done, from 0 to 100; null where PostgreSQL does not say. */
  readonly percent: number | null
}

/** Any number: all programs that build these indexes have to use the same. */
const LOCK = 7_204_113
const PAUSE_MS = 200
const REPORT_EVERY_MS = 2_000

/**
 * Builds the indexes that a migration must not build, because it would keep a table from being written for as long as it
 * reads the table. `concurrently` lets the sale go on. Programs that start at once build them one after the other.
 * A build that was broken off leaves an invalid index, which is removed first. `onIndex` is called every two seconds while a
 * build runs.
 */
export async function buildLateIndexes(
  pool: pg.Pool,
  onIndex: (progress: IndexProgress) => void = () => undefined,
): Promise<void> {
  if ((await missing(pool)).length === 0) return
  const client = await pool.connect()
  try {
    // Not by waiting for the lock: a waiting statement has a snapshot, and the build waits for all of those to end.
    while (!(await isLocked(client))) await sleep(PAUSE_MS)
    for (const { name, definition } of await missing(client)) {
      await client.query(`drop index concurrently if exists ${name}`)
      const timer = setInterval(() => void reportProgress(pool, name, onIndex), REPORT_EVERY_MS)
      await client
        .query(`create index concurrently ${name} on ${definition}`)
        .finally(() => clearInterval(timer))
    }
  } finally {
    await client.query("select pg_advisory_unlock_all()").finally(() => client.release())
  }
}

/** Reports how far the only build of this database is; says nothing if it cannot be read now. */
async function reportProgress(
  pool: pg.Pool,
  index: string,
  onIndex: (progress: IndexProgress) => void,
): Promise<void> {
  const { rows } = await pool
    .query<Omit<IndexProgress, "index">>(
      `select phase,
              floor(100.0 * greatest(blocks_done::float8 / nullif(blocks_total, 0), tuples_done::float8 / nullif(tuples_total, 0)))
                as percent
         from pg_stat_progress_create_index
        where index_relid = to_regclass($1)`,
      [index],
    )
    .catch(() => ({ rows: [] }))
  if (rows[0] !== undefined) onIndex({ index, ...rows[0] })
}

async function isLocked(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock($1) as locked", [
    LOCK,
  ])
  return rows[0]?.locked === true
}

async function missing(pool: Pick<pg.Pool, "query"> | pg.PoolClient): Promise<readonly LateIndex[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name
       from pg_index
       join pg_class
         on pg_class.oid = pg_index.indexrelid
      where relname = any($1::text[])
        and pg_table_is_visible(pg_class.oid)
        and indisvalid`,
    [lateIndexes.map(({ name }) => name)],
  )
  const present = new Set(rows.map(({ name }) => name))
  return lateIndexes.filter(({ name }) => !present.has(name))
}
