import pg from "pg"
import { instant, type Instant } from "../domain/time.ts"
import { connectionKinds, type ConnectionKind } from "./connection.ts"
import { isStalePlan, makesSessionUnusable } from "./errors.ts"
import { checkWritable, STATEMENT_TIMEOUT_SECONDS, type Purpose } from "./session.ts"

/** The connection pools, one for each purpose: batches must never wait for page views, nor the other way round. */
export interface Database {
  /** Pipelined connections for the lanes' transactions. */
  readonly batches: pg.Pool
  /** Connections for the statements that precede a command's lane: ids, look-ups, the inbox. */
  readonly lookups: pg.Pool
  /** Connections for everything else: reads, lists, background work, recounts. */
  readonly views: pg.Pool
  /** One connection for removing old rows, so that no other work waits for it. */
  readonly upkeep: pg.Pool
  close(): Promise<void>
}

/** How many connections each pool may open. Not given: the default of a process that serves alone. */
export interface PoolSizes {
  readonly batchConnections?: number
  readonly lookupConnections?: number
  readonly viewConnections?: number
}

export interface DatabaseOptions extends PoolSizes {
  readonly url: string
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  readonly onConnectionError?: (error: Error) => void
}

/** What a process that serves alone uses. */
export const BATCH_CONNECTIONS = 8
/** What a process that serves alone uses. Look-ups share statements, so the second is used only while the first waits. */
export const LOOKUP_CONNECTIONS = 2
/** What a process that serves alone uses. */
export const VIEW_CONNECTIONS = 4
/** Of the one process that does the background work. With the three above 15, as the documentation says. */
export const UPKEEP_CONNECTIONS = 1

/** One more than the server's own limit: fires only when the server itself no longer answers. */
const QUERY_TIMEOUT_MS = (STATEMENT_TIMEOUT_SECONDS + 1) * 1_000

/**
 * Opens the pools; connections are made when they are first needed, and used only when their session is as the
 * code needs it (see session.ts). Throws {@link DatabaseUrlError}.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const kinds = connectionKinds(options.url)
  const { batchConnections = BATCH_CONNECTIONS, viewConnections = VIEW_CONNECTIONS } = options
  const { lookupConnections = LOOKUP_CONNECTIONS } = options
  const open = (purpose: Purpose, more: pg.PoolConfig) =>
    openPool(kinds(purpose), { query_timeout: QUERY_TIMEOUT_MS, types: { getTypeParser }, ...more }, options)
  const batches = open("batches", { max: batchConnections, pipeline: true })
  const lookups = open("lookups", { max: lookupConnections })
  const views = open("views", { max: viewConnections })
  const upkeep = open("upkeep", { max: UPKEEP_CONNECTIONS })
  return {
    batches,
    lookups,
    views,
    upkeep,
    async close() {
      await Promise.all([batches.end(), lookups.end(), views.end(), upkeep.end()])
    },
  }
}

/** Opens a pool of connections that are not for serving, such as a migration's; the caller has to end it. */
export function openToolPool(url: string, purpose: Purpose, max: number): pg.Pool {
  return openPool(connectionKinds(url)(purpose), { max }, {})
}

function openPool(
  { settings, Client }: ConnectionKind,
  config: pg.PoolConfig,
  { onConnectionError }: Pick<DatabaseOptions, "onConnectionError">,
): pg.Pool {
  const pool = new pg.Pool({ ...settings, ...config, Client })
  pool.query = replanned(pool.query.bind(pool))
  pool.on("error", (error) => onConnectionError?.(error))
  pool.on("release", (error: unknown) => {
    if (makesSessionUnusable(error)) closeIdle(pool)
  })
  return pool
}

/**
 * Repeats a statement once when its plan is stale. Without its name the statement is planned anew, so that the
 * repetition succeeds on any connection: a busy one may have the old plan, too, and is not closed by
 * {@link closeIdle}. A statement within a transaction is not repeated here: its transaction has failed.
 */
function replanned(query: pg.Pool["query"]): pg.Pool["query"] {
  async function queryAgain(statement: string | pg.QueryConfig, values?: unknown[]) {
    try {
      return await query(statement, values)
    } catch (error) {
      if (typeof statement === "string" || !isStalePlan(error)) throw error
      const unnamed = { ...statement }
      delete unnamed.name
      return query(unnamed, values)
    }
  }
  return queryAgain as pg.Pool["query"]
}

/**
 * Closes the pool's idle connections: what makes one session unusable affects all sessions of that server. Each of
 * them would fail a request, and a request that is retried could be given one after the other.
 */
function closeIdle(pool: pg.Pool): void {
  for (let idle = pool.idleCount; idle > 0 && !pool.ending; idle -= 1) {
    pool.connect((_, client) => client?.release(true))
  }
}

/**
 * True when the server behind the pool takes writes. When it does not, the pool's connections are closed, so that the
 * next ones may find another server.
 */
export async function takesWrites(pool: pg.Pool): Promise<boolean> {
  const client = await pool.connect()
  let problem: Error | undefined
  try {
    await checkWritable(client)
  } catch (error) {
    problem = error instanceof Error ? error : new Error(String(error))
  }
  client.release(problem)
  return problem === undefined
}

const parsers: Partial<Record<number, (text: string) => unknown>> = {
  [pg.types.builtins.INT8]: safeInteger,
  [pg.types.builtins.TIMESTAMPTZ]: parseTimestamp,
}

/** Reads columns as the domain's types: 64-bit integers as safe numbers, timestamps as instants. */
const getTypeParser: typeof pg.types.getTypeParser = (oid, format) =>
  parsers[oid] ?? pg.types.getTypeParser(oid, format)

/** Sessions write times in UTC and in ISO form (session.ts). Any other form throws instead of being guessed at. */
function parseTimestamp(text: string): Instant {
  const milliseconds = text.endsWith("+00") ? Date.parse(`${text.slice(0, -3)}Z`) : Number.NaN
  if (Number.isNaN(milliseconds))
    throw new RangeError(`The database wrote the time ${text}, which is not in UTC`)
  return instant(milliseconds)
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the integers of JavaScript`)
  return value
}
