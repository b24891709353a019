import pg from "pg"
import { instant, type Instant } from "../domain/time.ts"
import { connectionKinds, type ConnectionKind } from "./connection.ts"
import { createHistory, type History } from "./history.ts"
import { createOriginReader, watchHistory } from "./history-watch.ts"
import { isStalePlan, makesSessionUnusable, UnfitDatabase } from "./errors.ts"
import { createSynchrony, type Synchrony } from "./replication.ts"
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
  /** The histories of the database that all these connections have met. */
  readonly history: History
  /** Null: commits need not wait for a standby. */
  readonly synchrony: Synchrony | null
  close(): Promise<void>
}

/** How many connections each pool may open. The defaults are for a process that serves its port alone. */
export interface PoolSizes {
  readonly batchConnections?: number
  readonly lookupConnections?: number
  readonly viewConnections?: number
}

export interface DatabaseOptions extends PoolSizes {
  readonly url: string
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  readonly onConnectionError?: (error: Error) => void
  /** True: looks once a second whether another server takes writes, too. For a database that has, or may have, standbys. */
  readonly watchesHistory?: boolean
  /** True: batches have no connections while the server's commits wait for no standby. */
  readonly requiresSynchronous?: boolean
}

/** Options for a database that has, or may have, standbys: any but the embedded one. */
export function standbyOptions({
  databaseUrl,
  requireSynchronous,
}: {
  readonly databaseUrl: string | null
  readonly requireSynchronous: boolean
}): Pick<DatabaseOptions, "watchesHistory" | "requiresSynchronous"> {
  return { watchesHistory: databaseUrl !== null, requiresSynchronous: requireSynchronous }
}

/** The default for a process that serves its port alone. */
export const BATCH_CONNECTIONS = 8
/** Look-ups share statements, so the second connection is used only while the first one waits. */
export const LOOKUP_CONNECTIONS = 2
/** The default for a process that serves its port alone. */
export const VIEW_CONNECTIONS = 4
/**
 * Only the process that does the background work has this connection. The documentation names the sum of the five, 16.
 */
export const UPKEEP_CONNECTIONS = 1
/** The connection with which a process looks for a second primary. It is closed at once, and opened anew a second later. */
export const WATCH_CONNECTIONS = 1

/** A second longer than the server's own limit, so that it applies only if the server no longer answers. */
const QUERY_TIMEOUT_MS = (STATEMENT_TIMEOUT_SECONDS + 1) * 1_000

/**
 * Makes the pools. Connections are opened when they are first needed, and used only after their session has passed the
 * check of session.ts. Throws {@link DatabaseUrlError}.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const history = createHistory()
  const readOrigin = createOriginReader()
  const synchrony = options.requiresSynchronous === true ? createSynchrony() : null
  async function admit(client: pg.Client, purpose?: Purpose): Promise<void> {
    history.admit(client, await readOrigin(client))
    // Connections for removing old rows ask for another synchronous_commit.
    if (synchrony === null || purpose === undefined || purpose === "upkeep") return
    const problem = await synchrony.check(client)
    if (problem !== null && purpose === "batches") throw new UnfitDatabase(problem)
  }
  const kinds = connectionKinds(options.url, admit)
  const { batchConnections = BATCH_CONNECTIONS, viewConnections = VIEW_CONNECTIONS } = options
  const { lookupConnections = LOOKUP_CONNECTIONS } = options
  const own = { query_timeout: QUERY_TIMEOUT_MS, types: { getTypeParser } }
  function open(purpose: Purpose, more: pg.PoolConfig): pg.Pool {
    const pool = openPool(kinds(purpose), { ...own, ...more }, options)
    closeWhen(pool, history.isPast, history.onMoved)
    return pool
  }
  const batches = open("batches", { max: batchConnections, pipeline: true })
  if (synchrony !== null) closeWhen(batches, () => !synchrony.isMet(), synchrony.onLoss)
  const lookups = open("lookups", { max: lookupConnections })
  const views = open("views", { max: viewConnections })
  const upkeep = open("upkeep", { max: UPKEEP_CONNECTIONS })
  const watch = options.watchesHistory === true ? watchHistory(options.url, admit) : null
  return {
    history,
    synchrony,
    batches,
    lookups,
    views,
    upkeep,
    async close() {
      watch?.stop()
      await Promise.all([batches.end(), lookups.end(), views.end(), upkeep.end()])
    },
  }
}

/** Opens a pool for other work than serving, such as a migration; the caller must end it. */
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
 * Closes the pool's connections that must not be used any more: the idle ones when `listen` tells so, the others when they
 * are released.
 */
function closeWhen(
  pool: pg.Pool,
  mustClose: (client: object) => boolean,
  listen: (listener: () => void) => void,
): void {
  pool.on("release", (_error: unknown, client: pg.PoolClient & Partial<pg.Client>) => {
    if (mustClose(client)) void client.end?.()
  })
  listen(() => closeIdle(pool))
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
 * Closes the pool's idle connections, because the cause that made one session unusable affects all sessions of that
 * server. Each of them would fail a request, and the retries of one request could use up its attempts on them.
 */
function closeIdle(pool: pg.Pool): void {
  for (let idle = pool.idleCount; idle > 0 && !pool.ending; idle -= 1) {
    pool.connect((_, client) => client?.release(true))
  }
}

/**
 * True if the server behind the pool takes writes. If it does not, the pool's idle connections are closed, so that new
 * ones choose another server.
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

/** Sessions write times in UTC and in ISO form (session.ts). Throws on any other form. */
function parseTimestamp(text: string): Instant {
  const milliseconds = text.endsWith("+00") ? Date.parse(`${text.slice(0, -3)}Z`) : Number.NaN
  if (Number.isNaN(milliseconds))
    throw new RangeError(`The database returned the time ${text}, which is not in UTC`)
  return instant(milliseconds)
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`The database returned ${text}, not a safe integer`)
  return value
}
