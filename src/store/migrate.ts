import { readdir, readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { Kysely, PostgresDialect, sql } from "kysely"
import { Migrator, type Migration, type MigrationProvider } from "kysely/migration"
import type pg from "pg"

const migrationsDirectory = fileURLToPath(new URL("../../migrations/", import.meta.url))

/** One numbered SQL file and whether this database has it. */
export interface MigrationState {
  readonly name: string
  /** ISO 8601; null: still to come. */
  readonly executedAt: string | null
}

/**
 * Brings the schema up to date; returns the names of what was new. Safe to run from many processes
 * at once: one does it, the others wait. Each file runs in a transaction with its record.
 */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  const { error, results = [] } = await migratorFor(pool).migrateToLatest()
  if (error !== undefined)
    throw error instanceof Error ? error : new Error("the migration failed", { cause: error })
  return results.filter((result) => result.status === "Success").map((result) => result.migrationName)
}

/** Every migration this program knows, in order, and whether the database has it. */
export async function migrationStates(pool: pg.Pool): Promise<MigrationState[]> {
  const known = await migratorFor(pool).getMigrations()
  return known.map(({ name, executedAt }) => ({ name, executedAt: executedAt?.toISOString() ?? null }))
}

function migratorFor(pool: pg.Pool): Migrator {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  return new Migrator({ db, provider: sqlFiles })
}

/** The files of `migrations/` by name; forward only. */
const sqlFiles: MigrationProvider = {
  async getMigrations() {
    const files = (await readdir(migrationsDirectory)).filter((file) => file.endsWith(".sql")).sort()
    const migrations: Record<string, Migration> = {}
    for (const file of files) {
      const text = await readFile(`${migrationsDirectory}${file}`, "utf8")
      migrations[file.replace(/\.sql$/, "")] = { up: async (db) => void (await sql.raw(text).execute(db)) }
    }
    return migrations
  },
}
