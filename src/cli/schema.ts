import type { Config } from "../config/config.ts"
import { migrate, migrationStates } from "../store/upkeep/migrate.ts"
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
    return await migrate(access.url)
  } finally {
    await access.release()
  }
}

/** Prints every migration and whether the database has it; false if one is missing. */
export async function printSchemaStatus(config: Config, { json }: { json: boolean }): Promise<boolean> {
  requireDatabase(config)
  const states = await withDatabase(config, (database) => migrationStates(database.views))
  if (json)
    printJson({ migrations: states.map(({ name, executedAt }) => ({ name, executed_at: executedAt })) })
  else for (const { name, executedAt } of states) print(`${name}  ${executedAt ?? "missing"}`)
  return states.every(({ executedAt }) => executedAt !== null)
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
