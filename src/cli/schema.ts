import type { Config } from "../config/config.ts"
import { migrate, migrationStates } from "../store/upkeep/migrate.ts"
import { openDatabase, type Database } from "../store/pool.ts"
import { accessDatabase, requireDatabase, type DatabaseAccess } from "./database.ts"
import { print, printError, printJson } from "./output.ts"

/** Brings the schema up to date and prints what was new. */
export async function migrateSchema(config: Config, { json }: { json: boolean }): Promise<void> {
  const applied = await migrateAt(await accessDatabase(config, "guest"))
  if (json) return printJson({ applied })
  print(applied.length === 0 ? "The schema is up to date." : `Applied: ${applied.join(", ")}`)
}

async function migrateAt(access: DatabaseAccess): Promise<string[]> {
  try {
    return await migrate(access.url)
  } finally {
    await access.release()
  }
}

/** Prints every migration and whether the database has it; false when one is missing. */
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
