import type { Config } from "../config/config.ts"
import { migrate } from "../store/upkeep/migrate.ts"
import type { IndexProgress } from "../store/upkeep/late-indexes.ts"
import { mayRunOnNewer, schemaState, type MigrationState, type SchemaState } from "../store/upkeep/schema.ts"
import { version } from "../base/version.ts"
import { openDatabase, type Database } from "../store/pool.ts"
import { seedProduct } from "../seed.ts"
import { accessDatabase, requireDatabase, withEngine, type DatabaseAccess } from "./database.ts"
import { print, printError, printJson } from "./output.ts"
import { SEED_STOCK } from "./option-values.ts"
import { seedResult } from "./seed.ts"

/** Applies the missing migrations and prints them; with `seed` it then creates product 1, if it does not exist. */
export async function migrateSchema(
  config: Config,
  options: { json: boolean; seed: boolean },
): Promise<void> {
  const applied = await migrateAt(await accessDatabase(config, "guest"))
  const made = options.seed ? await withEngine(config, (engine) => seedProduct(engine, SEED_STOCK)) : null
  if (options.json) return printJson({ applied, ...(made !== null && { product_id: 1, created: made }) })
  print(applied.length === 0 ? "The schema is up to date." : `Applied: ${applied.join(", ")}`)
  if (made !== null) print(seedResult(made, SEED_STOCK))
}

async function migrateAt(access: DatabaseAccess): Promise<string[]> {
  try {
    return await migrate(access.url, { onIndex: (progress) => printError(describeIndex(progress)) })
  } finally {
    await access.release()
  }
}

function describeIndex({ index, phase, percent }: IndexProgress): string {
  return `Building the index ${index} beside the sale: ${phase}${percent === null ? "" : `, ${percent} %`}`
}

/**
 * Prints every migration and whether the database has it, and which version may run if the database is newer. False if one is
 * missing, or if this program may not run.
 */
export async function printSchemaStatus(config: Config, { json }: { json: boolean }): Promise<boolean> {
  requireDatabase(config)
  const state = await withDatabase(config, (database) => schemaState(database.views))
  const mayRun = state.missing.length === 0 && (state.unknown.length === 0 || mayRunOnNewer(state))
  if (json) printJson(statusWire(state, mayRun))
  else for (const line of statusLines(state, mayRun)) print(line)
  return mayRun
}

function statusWire({ known, unknown, migratedBy }: SchemaState, mayRun: boolean): object {
  const wire = ({ name, executedAt }: MigrationState) => ({ name, executed_at: executedAt })
  return {
    migrations: known.map(wire),
    unknown_migrations: unknown.map(wire),
    migrated_by: migratedBy?.version ?? null,
    may_run: mayRun,
  }
}

function statusLines({ known, unknown, migratedBy }: SchemaState, mayRun: boolean): string[] {
  const lines = known.map(({ name, executedAt }) => `${name}  ${executedAt ?? "missing"}`)
  if (unknown.length === 0) return lines
  const by = migratedBy === null ? "A newer version" : `Doorbuster ${migratedBy.version}`
  return [
    ...lines,
    ...unknown.map(({ name, executedAt }) => `${name}  ${executedAt}  unknown to this version`),
    `${by} has migrated this database. This version (${version}) ${mayRun ? "may sell on it too." : "may not run here: use the newer one."}`,
  ]
}

async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const access = await accessDatabase(config, "guest")
  const database = openDatabase({ url: access.url, onConnectionError: (error) => printError(error.message) })
  try {
    return await work(database)
  } finally {
    await database.close()
    await access.release()
  }
}
