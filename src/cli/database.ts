import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type pg from "pg"
import pino, { type Logger } from "pino"
import type { Config } from "../config/config.ts"
import {
  EmbeddedPostgresError,
  startEmbeddedPostgres,
  type EmbeddedOptions,
  type EmbeddedPostgres,
} from "../embedded/embedded-postgres.ts"
import { createEngine, type Engine } from "../engine.ts"
import { mailOptions } from "../mail-way.ts"
import { migrateIfEmpty } from "../store/upkeep/migrate.ts"
import { requireSchema } from "../store/upkeep/schema.ts"
import { openDatabase } from "../store/pool.ts"
import { CommandFailure } from "../base/command-errors.ts"
import { printError } from "./output.ts"

/** A database for a command, and how to release it. */
export interface DatabaseAccess {
  readonly url: string
  release(): Promise<void>
}

/**
 * Returns the configured database, or the embedded one. `owner` is the one `serve` that may run on a data directory;
 * `guest` is any other command. A guest uses the running PostgreSQL, or starts one until it releases it.
 */
export async function accessDatabase(
  config: Config,
  role: "owner" | "guest",
  onOutage?: (line: string) => void,
): Promise<DatabaseAccess> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, release: async () => undefined }
  const embedded = await startWhenFree({
    dataDirectory: config.dataDirectory,
    role,
    ...(onOutage && { onOutage }),
  })
  return { url: embedded.url, release: () => embedded.stop() }
}

/** How long a new server waits for the previous one, which may still be answering its last requests. */
const PREDECESSOR_LEAVES_WITHIN_MS = 3_000
const LOOK_AGAIN_MS = 100

async function startWhenFree(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const deadline = performance.now() + PREDECESSOR_LEAVES_WITHIN_MS
  for (;;) {
    try {
      return await startEmbeddedPostgres(options)
    } catch (error) {
      const isTaken = error instanceof EmbeddedPostgresError && error.exitCode === 2
      if (!isTaken || performance.now() > deadline) throw error
      await sleep(LOOK_AGAIN_MS)
    }
  }
}

/**
 * Throws {@link CommandFailure} if there is no database. Otherwise the command would create an embedded one, and a check
 * of that empty database would report success.
 */
export function requireDatabase({ databaseUrl, dataDirectory }: Config): void {
  if (databaseUrl !== null || existsSync(dataDirectory)) return
  throw new CommandFailure(
    `There is no data directory ${resolve(dataDirectory)}: set DATABASE_URL or DOORBUSTER_DATA_DIR, or run the command in the directory of serve`,
  )
}

/**
 * Runs `work` with an engine over the database, then drains the engine and closes both. Does not change an existing
 * schema: throws `SchemaMismatch` if it is older or newer than this program, because another version may be selling
 * there. With `makesSchema` it creates the schema in an empty database.
 */
export async function withEngine<T>(
  config: Config,
  work: (engine: Engine) => Promise<T>,
  { makesSchema = false }: { makesSchema?: boolean } = {},
): Promise<T> {
  const access = await accessDatabase(config, "guest")
  try {
    if (makesSchema) await migrateIfEmpty(access.url)
    return await withEngineAt(access.url, config, work)
  } finally {
    await access.release()
  }
}

interface EngineOptions {
  /** Where events go; nowhere if not given. */
  readonly log?: Logger
  /** Throws if the schema is not one that `work` can use; `requireSchema` if not given. */
  readonly check?: (pool: pg.Pool) => Promise<void>
}

/** As {@link withEngine}, over the database at `url`. */
export async function withEngineAt<T>(
  url: string,
  config: Config,
  work: (engine: Engine) => Promise<T>,
  { log = pino({ level: "silent" }), check = requireSchema }: EngineOptions = {},
): Promise<T> {
  const database = openDatabase({ url, onConnectionError: (error) => printError(error.message) })
  try {
    await check(database.views)
    const engine = createEngine(database, config, log, mailOptions(config))
    const result = await work(engine)
    await engine.lanes.drain()
    return result
  } finally {
    await database.close()
  }
}
