import { readdir, readFile } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { Kysely, PostgresDialect, sql } from "kysely"
import { Migrator, type Migration, type MigrationProvider } from "kysely/migration"
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
    const migrator = migratorFor(pool)
    const applied: string[] = []
    for (;;) {
      const results = await retryWhileLocked(() => migrateOne(migrator), retryMs)
      if (results.length === 0) break
      applied.push(...results)
    }
    await buildLateIndexes(pool)
    return applied
  } finally {
    await pool.end()
  }
}

/** A dump of a large shop takes less time. If a start waits longer, an operator should look for the cause. */
const RETRY_MS = 600_000
/** Shorter than a command may wait in its lane, so that commands behind the lock are delayed and not refused. */
const LOCK_TIMEOUT = "1s"
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

/** Applies the next missing migration, if there is one. */
async function migrateOne(migrator: Migrator): Promise<string[]> {
  const { error, results = [] } = await migrator.migrateUp()
  if (error !== undefined) throw asMismatch(error)
  return results.filter(({ status }) => status === "Success").map(({ migrationName }) => migrationName)
}

/**
 * Throws {@link SchemaMismatch} unless the database has exactly the migrations that this program knows. Commands call
 * it that must not migrate a database which another version may be using.
 */
export async function requireSchema(pool: pg.Pool): Promise<void> {
  const known = Object.keys(await sqlFiles.getMigrations())
  const applied = await appliedMigrations(pool)
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

/** The names of all applied migrations, including those that this program does not know. */
async function appliedMigrations(pool: pg.Pool): Promise<string[]> {
  const { rows: tables } = await pool.query<{ exists: boolean }>(
    "select to_regclass('kysely_migration') is not null as exists",
  )
  if (tables[0]?.exists !== true) return []
  const { rows } = await pool.query<{ name: string }>("select name from kysely_migration order by name")
  return rows.map(({ name }) => name)
}

function asMismatch(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error)
  if (!message.startsWith("corrupted migrations")) return error instanceof Error ? error : new Error(message)
  return new SchemaMismatch(`The database belongs to another version of Doorbuster (${message})`, {
    cause: error,
  })
}

/** Lists all migrations of this program in order, and whether they have been applied. */
export async function migrationStates(pool: pg.Pool): Promise<MigrationState[]> {
  const known = await migratorFor(pool).getMigrations()
  return known.map(({ name, executedAt }) => ({ name, executedAt: executedAt?.toISOString() ?? null }))
}

function migratorFor(pool: pg.Pool): Migrator {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  return new Migrator({ db, provider: sqlFiles })
}

/** Reads the files of `migrations/`. There are no down migrations. */
const sqlFiles: MigrationProvider = {
  async getMigrations() {
    const files = (await readdir(migrationsDirectory)).filter((file) => file.endsWith(".sql")).sort()
    const migrations: Record<string, Migration> = {}
    for (const file of files) {
      const text = await readFile(`${migrationsDirectory}${file}`, "utf8")
      migrations[file.replace(/\.sql$/, "")] = {
        async up(db) {
          await sql.raw(`set local lock_timeout = '${LOCK_TIMEOUT}'`).execute(db)
          await sql.raw(text).execute(db)
        },
      }
    }
    return migrations
  },
}
