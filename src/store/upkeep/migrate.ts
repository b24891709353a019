import { readdir, readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { Kysely, PostgresDialect, sql } from "kysely"
import { Migrator, type Migration, type MigrationProvider } from "kysely/migration"
import pg from "pg"
import { packageRoot } from "../../base/package-root.ts"

const migrationsDirectory = fileURLToPath(new URL("migrations/", packageRoot))

/** One numbered SQL file and whether this database has it. */
export interface MigrationState {
  readonly name: string
  /** ISO 8601; null: still to come. */
  readonly executedAt: string | null
}

/** The schema is not one that this program can bring up to date. */
export class SchemaMismatch extends Error {}

/**
 * Brings the schema of the database at `url` up to date; returns the names of what was new. Safe to
 * run from many processes at once: one does it, the others wait. Each file runs in a transaction
 * with its record. On connections of its own: a migration may take longer than a sale's statements.
 *
 * Throws {@link SchemaMismatch} when the database has migrations that this program does not know.
 */
export async function migrate(url: string): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: url, application_name: "doorbuster migrate", max: 2 })
  // A lost connection fails the migration that uses it; an idle one is of no further use here.
  pool.on("error", () => undefined)
  try {
    const { error, results = [] } = await migratorFor(pool).migrateToLatest()
    if (error !== undefined) throw asMismatch(error)
    return results.filter((result) => result.status === "Success").map((result) => result.migrationName)
  } finally {
    await pool.end()
  }
}

function asMismatch(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error)
  if (!message.startsWith("corrupted migrations")) return error instanceof Error ? error : new Error(message)
  return new SchemaMismatch(`The database belongs to another version of Doorbuster (${message})`, {
    cause: error,
  })
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
