import { readdir } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { packageRoot } from "../../base/package-root.ts"
import { openToolPool } from "../pool.ts"
import { buildLateIndexes } from "./late-indexes.ts"

const migrationsDirectory = fileURLToPath(new URL("migrations/", packageRoot))

/** A migration file, and whether it has been applied to this database. */
export interface MigrationState {
  readonly name: string
  /** ISO 8601; null: not applied yet. */
  readonly executedAt: string | null
}

/** The database has another schema than this program can use or migrate. */
export class SchemaMismatch extends Error {}

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
 * Throws {@link SchemaMismatch} if the database has migrations that this program does not know, and
 * {@link SchemaBusy} if a table stayed locked.
 */
export async function migrate(url: string, retryMs: number = RETRY_MS): Promise<string[]> {
  const pool = openToolPool(url, "migrate", 2)
  try {
    const applied = (await isUpToDate(pool)) ? [] : await applyMissing(pool, retryMs)
    await buildLateIndexes(pool)
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

/** True if the database has exactly the migrations of this program, as at nearly every start. */
async function isUpToDate(pool: pg.Pool): Promise<boolean> {
  const [known, applied] = [await knownMigrations(), await appliedMigrations(pool)]
  return known.length === applied.length && known.every((name, index) => name === applied[index]?.name)
}

async function applyMissing(pool: pg.Pool, retryMs: number): Promise<string[]> {
  // Its library has hundreds of modules, which a start that has nothing to migrate need not load.
  const { createMigrator } = await import("./migrator.ts")
  const migrator = createMigrator(pool, migrationsDirectory)
  const applied: string[] = []
  for (;;) {
    const results = await retryWhileLocked(() => migrator.applyNext().catch(throwAsMismatch), retryMs)
    if (results.length === 0) return applied
    applied.push(...results)
  }
}

/**
 * Throws {@link SchemaMismatch} unless the database has exactly the migrations that this program knows. Commands call
 * it that must not migrate a database which another version may be using.
 */
export async function requireSchema(pool: pg.Pool): Promise<void> {
  const known = await knownMigrations()
  const applied = (await appliedMigrations(pool)).map(({ name }) => name)
  const newer = applied.filter((name) => !known.includes(name))
  if (newer.length > 0) {
    throw new SchemaMismatch(
      `The database's schema is newer than this program (it has ${newer.join(", ")}); use the version that serves it`,
    )
  }
  const missing = known.filter((name) => !applied.includes(name))
  if (missing.length > 0) {
    throw new SchemaMismatch(
      `The database's schema is older than this program (${missing.join(", ")} missing); use the version that serves it, or run migrate`,
    )
  }
}

/** Applies all migrations to a database that has none; leaves any other database as it is. */
export async function migrateIfEmpty(url: string): Promise<void> {
  const pool = openToolPool(url, "migrate", 1)
  try {
    if ((await appliedMigrations(pool)).length > 0) return
  } finally {
    await pool.end()
  }
  await migrate(url)
}

/** Lists all migrations of this program in order, and whether they have been applied. */
export async function migrationStates(pool: pg.Pool): Promise<MigrationState[]> {
  const applied = new Map((await appliedMigrations(pool)).map(({ name, executedAt }) => [name, executedAt]))
  return (await knownMigrations()).map((name) => ({ name, executedAt: applied.get(name) ?? null }))
}

/** The names of the files of `migrations/`, in order. */
async function knownMigrations(): Promise<string[]> {
  return (await readdir(migrationsDirectory))
    .filter((file) => file.endsWith(".sql"))
    .map((file) => file.replace(/\.sql$/, ""))
    .sort()
}

/** All applied migrations in the order of their names, including those that this program does not know. */
async function appliedMigrations(pool: pg.Pool): Promise<MigrationState[]> {
  const { rows: tables } = await pool.query<{ exists: boolean }>(
    "select to_regclass('kysely_migration') is not null as exists",
  )
  if (tables[0]?.exists !== true) return []
  const { rows } = await pool.query<MigrationState>(
    `select name, timestamp as "executedAt" from kysely_migration order by name collate "C"`,
  )
  return rows
}

function throwAsMismatch(error: unknown): never {
  if (!(error instanceof Error && error.message.startsWith("corrupted migrations"))) throw error
  throw new SchemaMismatch(`The database belongs to another version of Doorbuster (${error.message})`, {
    cause: error,
  })
}
