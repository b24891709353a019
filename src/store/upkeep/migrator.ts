import { readdir, readFile } from "node:fs/promises"
import { Kysely, PostgresDialect, sql, type DatabaseIntrospector } from "kysely"
import { Migrator, type Migration } from "kysely/migration"
import type pg from "pg"

/** Shorter than a command may wait in its lane, so that commands behind the lock are delayed and not refused. */
const LOCK_TIMEOUT = "1s"

/** Applies the files of a directory in their order. There are no down migrations. */
export interface SqlMigrator {
  /** Applies the next missing file, if there is one, and returns its name. */
  applyNext(): Promise<string[]>
}

/** Makes a migrator for the `.sql` files in `directory`, which ends in a slash. */
export function createMigrator(pool: pg.Pool, directory: string): SqlMigrator {
  const db = new Kysely<unknown>({ dialect: new OneSchema({ pool }) })
  const migrator = new Migrator({ db, provider: { getMigrations: () => readMigrations(directory) } })
  return {
    async applyNext() {
      const { error, results = [] } = await migrator.migrateUp()
      if (error instanceof Error) throw error
      if (error !== undefined) throw new Error("a migration failed", { cause: error })
      return results.filter(({ status }) => status === "Success").map(({ migrationName }) => migrationName)
    },
  }
}

/**
 * Kysely looks for its own tables among those of the whole database, and so takes those of another shop for this one's; it
 * also fails where another shop migrates at that moment.
 */
class OneSchema extends PostgresDialect {
  override createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    const whole = super.createIntrospector(db)
    return {
      getSchemas: () => whole.getSchemas(),
      async getTables() {
        const { rows } = await sql<{ name: string; schema: string }>`
          select tablename as name, schemaname as schema from pg_tables where schemaname = current_schema()`.execute(
          db,
        )
        return rows.map(({ name, schema }) => ({
          name,
          schema,
          isView: false,
          isForeign: false,
          columns: [],
        }))
      },
    }
  }
}

async function readMigrations(directory: string): Promise<Record<string, Migration>> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".sql")).sort()
  const migrations: Record<string, Migration> = {}
  for (const file of files) {
    const text = await readFile(`${directory}${file}`, "utf8")
    migrations[file.replace(/\.sql$/, "")] = {
      async up(db) {
        await sql.raw(`set local lock_timeout = '${LOCK_TIMEOUT}'`).execute(db)
        await sql.raw(text).execute(db)
      },
    }
  }
  return migrations
}
