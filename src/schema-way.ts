import type { Logger } from "pino"
import { checkPooler } from "./store/connection.ts"
import { openToolPool } from "./store/pool.ts"
import { migrate } from "./store/upkeep/migrate.ts"
import { requireSellableSchema } from "./store/upkeep/schema.ts"

interface SchemaOptions {
  readonly databaseUrl: string
  readonly log: Logger
  /** False: the schema stays as it is, so the role needs no right to change it. */
  readonly migrate?: boolean
}

/**
 * Brings the schema up to date before a server or worker starts, or only checks that it can be used. Throws
 * `SchemaMismatch` if it cannot.
 */
export async function prepareSchema({ databaseUrl, log, ...options }: SchemaOptions): Promise<void> {
  await checkPooler(databaseUrl)
  if (options.migrate !== false) {
    await migrate(databaseUrl, {
      onIndex: (progress) => log.info(progress, "Building an index beside the sale."),
    })
    return
  }
  const pool = openToolPool(databaseUrl, "tools", 1)
  try {
    await requireSellableSchema(pool)
  } finally {
    await pool.end()
  }
}
