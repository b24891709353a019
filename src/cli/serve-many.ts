import { Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import { ConfigError } from "../config/config-error.ts"
import type { Config } from "../config/config.ts"
import type { Engine } from "../engine.ts"
import { redisCounts } from "../limits-way.ts"
import { createDoubleCounts, createMemoryCounts } from "../limits/memory-counts.ts"
import { startProcesses, type Processes } from "../processes/primary.ts"
import { connectionsOf, shareOf } from "../processes/share.ts"
import { prepareSchema } from "../schema-way.ts"
import { hasDemonstration, seedIfEmpty } from "../seed.ts"
import { installationSecret } from "../store/upkeep/installation.ts"
import { connectionLimit } from "../store/upkeep/limits.ts"
import { requireSellableSchema } from "../store/upkeep/schema.ts"
import { withEngineAt } from "./database.ts"
import { CHILD_COMMAND } from "./option-values.ts"

export interface ServeManyOptions {
  readonly databaseUrl: string
  readonly log: Logger
  readonly worker: boolean
  /** False: the schema is checked and not changed. */
  readonly migrate: boolean
}

/**
 * Prepares the database once, and starts `config.processes` children that share the port, the connections and the limits by
 * address. Only this process is connected to Redis.
 */
export async function serveMany(config: Config, options: ServeManyOptions): Promise<Processes> {
  const { databaseUrl, log, worker } = options
  const { processes } = config
  await prepareSchema(options)
  const tokenSecret = await withEngineAt(databaseUrl, config, (engine) => prepare(engine, config), {
    log,
    check: requireSellableSchema,
  })
  const assignment = { config: { ...config, tokenSecret }, databaseUrl, share: shareOf(processes) }
  const registry = new Registry()
  const redis = redisCounts(config.redis, { secret: tokenSecret, log, registry })
  await redis?.open()
  const memory = createMemoryCounts()
  const counts = redis === null ? memory : createDoubleCounts(memory, redis)
  const started = { count: processes, command: CHILD_COMMAND, assignment, counts, registry, worker, log }
  const children = await startProcesses(started).catch((error: unknown) => {
    redis?.close()
    throw error
  })
  return {
    url: children.url,
    kill: () => children.kill(),
    stop: (limits) => children.stop(limits).finally(() => redis?.close()),
  }
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
