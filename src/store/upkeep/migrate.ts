import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { openToolPool } from "../pool.ts"
import { buildLateIndexes, type IndexProgress } from "./late-indexes.ts"
import {
  migrationsDirectory,
  noteMigrated,
  requireUsableIfNewer,
  SchemaMismatch,
  schemaState,
} from "./schema.ts"

interface MigrateOptions {
  /** How long a file that waits for a table is tried again, in milliseconds; ten minutes if not given. */
  readonly retryMs?: number
  /** Called every two seconds while an index is built. */
  readonly onIndex?: (progress: IndexProgress) => void
}

/**
 * Applies the missing migrations to the database at `url` and returns their names. Several processes may run it at
 * once: each file is applied by one of them. Each file is applied and recorded in one transaction, so the files before
 * one that fails stay applied. It opens its own connections, because a migration may take longer than a sale's
 * statements.
 *
 * A file waits at most a second for a table that another transaction reads (a dump, a report), because every
 * statement of the sale would wait behind it. It is retried for `retryMs`. Indexes of the sale's tables are built
 * afterwards, beside a running sale.
 *
 * A database with migrations that this program does not know is left as it is, if this program may sell on it.
 *
 * Throws {@link SchemaMismatch} if it may not, and {@link SchemaBusy} if a table stayed locked.
 */
export async function migrate(
  url: string,
  { retryMs = RETRY_MS, onIndex }: MigrateOptions = {},
): Promise<string[]> {
  const pool = openToolPool(url, "migrate", 2)
  try {
    const state = await schemaState(pool)
    requireUsableIfNewer(state)
    if (state.unknown.length > 0) return []
    const applied = state.missing.length === 0 ? [] : await applyMissing(pool, retryMs)
    if (applied.length > 0 || state.migratedBy === null) await noteMigrated(pool, state)
    await buildLateIndexes(pool, onIndex)
    return applied
  } finally {
    await pool.end()
  }
}

/** A dump of a large shop takes less time. If a start waits longer, an operator should look for the cause. */
const RETRY_MS = 600_000
/** The time between two tries, in which the sale runs undisturbed. */
const PAUSE_MS = 3_000
const LOCK_NOT_AVAILABLE = "55P03"
const UNIQUE_VIOLATION = "23505"

/** Another transaction kept a table locked for as long as a migration may wait. */
export class SchemaBusy extends Error {}

async function retryWhileLocked<T>(work: () => Promise<T>, retryMs: number): Promise<T> {
  const deadline = performance.now() + retryMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE)) throw error
      if (performance.now() + PAUSE_MS > deadline) {
        throw new SchemaBusy(
          "The schema cannot be changed: a transaction, such as a dump or a report, keeps a table locked. Try again when it has ended",
          { cause: error },
        )
      }
    }
    await sleep(PAUSE_MS)
  }
}

async function applyMissing(pool: pg.Pool, retryMs: number): Promise<string[]> {
  // Its library has hundreds of modules, which a start that has nothing to migrate need not load.
  const { createMigrator } = await import("./migrator.ts")
  await makeSchema(pool)
  const migrator = createMigrator(pool, migrationsDirectory)
  const applied: string[] = []
  for (;;) {
    const results = await retryWhileLocked(() => migrator.applyNext().catch(throwAsMismatch), retryMs)
    if (results.length === 0) return applied
    applied.push(...results)
  }
}

/** Makes the schema of DATABASE_SCHEMA where it is missing. Where the search path names no usable one, PostgreSQL will say so. */
async function makeSchema(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string | null }>(
    // Only a name without quotes, as DATABASE_SCHEMA gives it: `"$user"` names another schema for each role.
    `select quote_ident(substring(current_setting('search_path') from '^[a-z_][a-z0-9_]*')) as name
      where current_schema() is null`,
  )
  const name = rows[0]?.name ?? null
  if (name === null) return
  await pool.query(`create schema if not exists ${name}`).catch((error: unknown) => {
    // Of two processes that make it at once, PostgreSQL refuses one in spite of "if not exists".
    if (!(error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION)) throw error
  })
}

/** Applies all migrations to a database that has none; leaves any other database as it is. */
export async function migrateIfEmpty(url: string): Promise<void> {
  const pool = openToolPool(url, "migrate", 1)
  try {
    const { known, unknown } = await schemaState(pool)
    if (unknown.length > 0 || known.some(({ executedAt }) => executedAt !== null)) return
  } finally {
    await pool.end()
  }
  await migrate(url)
}

function throwAsMismatch(error: unknown): never {
  if (!(error instanceof Error && error.message.startsWith("corrupted migrations"))) throw error
  throw new SchemaMismatch(`The database belongs to another version of Doorbuster (${error.message})`, {
    cause: error,
  })
}
