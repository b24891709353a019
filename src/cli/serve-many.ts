import type { Logger } from "pino"
import { ConfigError } from "../config/config-error.ts"
import type { Config } from "../config/config.ts"
import type { Engine } from "../engine.ts"
import { startProcesses, type Processes } from "../processes/primary.ts"
import { connectionsOf, shareOf } from "../processes/share.ts"
import { hasDemonstration, seedIfEmpty } from "../seed.ts"
import { installationSecret } from "../store/upkeep/installation.ts"
import { connectionLimit } from "../store/upkeep/limits.ts"
import { migrate } from "../store/upkeep/migrate.ts"
import { withEngineAt } from "./database.ts"
import { CHILD_COMMAND } from "./option-values.ts"

export interface ServeManyOptions {
  readonly databaseUrl: string
  readonly log: Logger
  readonly worker: boolean
}

/**
 * Prepares the database once, and starts `config.processes` children that share the port, the connections and the rate
 * limit.
 */
export async function serveMany(config: Config, options: ServeManyOptions): Promise<Processes> {
  const { databaseUrl, log, worker } = options
  const { processes } = config
  await migrate(databaseUrl)
  const tokenSecret = await withEngineAt(databaseUrl, config, (engine) => prepare(engine, config), log)
  const share = shareOf(processes, config.rateLimitPerMinute)
  const assignment = { config: { ...config, tokenSecret }, databaseUrl, share }
  return await startProcesses({ count: processes, command: CHILD_COMMAND, assignment, worker, log })
}

async function prepare(engine: Engine, config: Config): Promise<string> {
  const { processes, tokenSecret } = config
  const limit = await connectionLimit(engine.database.views)
  const needed = connectionsOf(processes)
  if (needed > limit) {
    throw new ConfigError(
      `PROCESSES is ${processes}, which needs ${needed} database connections, but the server's max_connections allows only ${limit}`,
    )
  }
  if (hasDemonstration(config)) await seedIfEmpty(engine)
  return tokenSecret ?? (await installationSecret(engine.database.views, "token_secret"))
}
