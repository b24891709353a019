import { readdir } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type pg from "pg"
import { packageRoot } from "../../base/package-root.ts"
import { version } from "../../base/version.ts"

export const migrationsDirectory = fileURLToPath(new URL("migrations/", packageRoot))

/**
 * The newest migration that a program must know to be started on this program's schema. Move it on with each release, to
 * the newest migration of the release before: its servers run beside this schema.
 */
const NEEDED_MIGRATION = "0031_schema_program"

/** A migration file, and whether it has been applied to this database. */
export interface MigrationState {
  readonly name: string
  /** ISO 8601; null: not applied yet. */
  readonly executedAt: string | null
}

/** A database's schema, compared with the migrations of this program. */
export interface SchemaState {
  /** All migrations of this program in order. */
  readonly known: readonly MigrationState[]
  /** Those of them that the database lacks. */
  readonly missing: readonly string[]
  /** Those that the database has and this program does not know. */
  readonly unknown: readonly MigrationState[]
  /** What the program that applied the newest migration has noted; null: nothing. */
  readonly migratedBy: { readonly version: string; readonly needs: string } | null
}

/** The database has another schema than this program can use or migrate. */
export class SchemaMismatch extends Error {}

/** Compares the database with the migrations of this program. */
export async function schemaState(pool: pg.Pool): Promise<SchemaState> {
  const { known, applied } = await readMigrations(pool)
  return {
    known,
    missing: known.filter(({ executedAt }) => executedAt === null).map(({ name }) => name),
    unknown: applied.filter(({ name }) => known.every((one) => one.name !== name)),
    migratedBy: await noteOf(pool),
  }
}

/** Lists all migrations of this program in order, and whether they have been applied. Each look at `/readyz` asks for it. */
export async function migrationStates(pool: pg.Pool): Promise<readonly MigrationState[]> {
  return (await readMigrations(pool)).known
}

async function readMigrations(pool: pg.Pool) {
  const [names, applied] = [await knownMigrations(), await appliedMigrations(pool)]
  const times = new Map(applied.map(({ name, executedAt }) => [name, executedAt]))
  return { known: names.map((name) => ({ name, executedAt: times.get(name) ?? null })), applied }
}

/**
 * Whether this program may sell on a schema that is newer than it: the database has all its migrations, and the program that
 * applied those that it does not know has noted that it may.
 */
export function mayRunOnNewer({ known, missing, migratedBy }: SchemaState): boolean {
  return missing.length === 0 && known.some(({ name }) => name === migratedBy?.needs)
}

/**
 * Throws {@link SchemaMismatch} unless the database has exactly the migrations that this program knows. Commands call
 * it that must not migrate a database which another version may be using.
 */
export async function requireSchema(pool: pg.Pool): Promise<void> {
  const state = await schemaState(pool)
  if (state.unknown.length > 0) throw tooNew(state)
  if (state.missing.length > 0) {
    throw new SchemaMismatch(
      `The database's schema is older than this program (${state.missing.join(", ")} missing); use the version that serves it, or run migrate`,
    )
  }
}

/** Throws {@link SchemaMismatch} unless this program may sell on the database as it is, without a migration. */
export async function requireSellableSchema(pool: pg.Pool): Promise<void> {
  const state = await schemaState(pool)
  requireUsableIfNewer(state)
  if (state.missing.length > 0) {
    throw new SchemaMismatch(
      `The database's schema is older than this program (${state.missing.join(", ")} missing); run migrate first`,
    )
  }
}

/** Throws {@link SchemaMismatch} if the schema is newer than this program and not one that it may sell on. */
export function requireUsableIfNewer(state: SchemaState): void {
  if (state.unknown.length > 0 && !mayRunOnNewer(state)) throw tooNew(state)
}

function tooNew({ unknown, migratedBy }: SchemaState): SchemaMismatch {
  const names = unknown.map(({ name }) => name).join(", ")
  const right = migratedBy === null ? "the version that serves it" : `Doorbuster ${migratedBy.version}`
  return new SchemaMismatch(
    `The database's schema is newer than this program (it has ${names}); use ${right}`,
  )
}

/** Notes that this program has migrated the database, unless a newer program has gone on meanwhile. */
export async function noteMigrated(pool: pg.Pool, { known }: Pick<SchemaState, "known">): Promise<void> {
  await pool.query(
    `insert into schema_program (version, needs)
     select $1::text, $2::text
      where (select max(name collate "C") from kysely_migration) = $3
         on conflict (id) do update
        set version = excluded.version,
            needs = excluded.needs`,
    [version, NEEDED_MIGRATION, known.at(-1)?.name],
  )
}

async function noteOf(pool: pg.Pool): Promise<SchemaState["migratedBy"]> {
  if (!(await hasTable(pool, "schema_program"))) return null
  const { rows } = await pool.query<{ version: string; needs: string }>(
    "select version, needs from schema_program",
  )
  return rows[0] ?? null
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
  if (!(await hasTable(pool, "kysely_migration"))) return []
  const { rows } = await pool.query<MigrationState>(
    `select name, timestamp as "executedAt" from kysely_migration order by name collate "C"`,
  )
  return rows
}

async function hasTable(pool: pg.Pool, name: string): Promise<boolean> {
  const { rows } = await pool.query<{ exists: boolean }>("select to_regclass($1) is not null as exists", [
    name,
  ])
  return rows[0]?.exists === true
}
