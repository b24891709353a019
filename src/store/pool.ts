import pg from "pg"
import { instant } from "../domain/time.ts"

/** The ways to the database: batches must never wait for page views, nor the other way round. */
export interface Database {
  /** Pipelined connections for the lanes' transactions. */
  readonly batches: pg.Pool
  /** Connections for what commands need before they reach their lanes: ids, look-ups, the inbox. */
  readonly lookups: pg.Pool
  /** Connections for everything else: reads, lists, background work, recounts. */
  readonly views: pg.Pool
  /** One connection for removing old rows, so that this never comes in the way of the others. */
  readonly upkeep: pg.Pool
  close(): Promise<void>
}

/** How many connections each pool may open; what a process that serves alone uses, if not given. */
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

/** A batch that cannot get the row lock by then gives up and tries again. */
const LOCK_TIMEOUT_MS = 5_000
/**
 * No statement of ours comes near this; one that does is stuck. A connection that has gone silent, as after a
 * power cut at the other end, is given up a second later, and until then its product waits.
 */
const STATEMENT_TIMEOUT_MS = 8_000
/** Frees the product's row when this process stops in the middle of a batch without dying. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000
/** How long a caller waits for a connection before it is told that the database is away. */
const CONNECT_TIMEOUT_MS = 3_000
/** What a process that serves alone uses. */
export const BATCH_CONNECTIONS = 8
/** What a process that serves alone uses. Many share a statement, so two are busy only when one of them waits. */
export const LOOKUP_CONNECTIONS = 2
/** What a process that serves alone uses. */
export const VIEW_CONNECTIONS = 4
/** Of the one process that does the background work. With the three above 15, as the documentation says. */
export const UPKEEP_CONNECTIONS = 1

/** How moments are written; the parsers below depend on it. */
const inUtc = "-c timezone=UTC"
/**
 * The planner chooses by the size it believes a table to have, and a table that grows by thousands of
 * rows a second is believed small until the next ANALYZE: then every batch reads it whole, under the
 * product's lock, and so does every look-up. All statements but those of the recount name their rows,
 * and there is an index for each of them.
 */
const byIndexOnly = "-c enable_seqscan=off"
/**
 * Of a product's versions a batch wants the newest, which an index has first. Once ANALYZE has counted the few
 * products, the planner would rather read every version that an old transaction keeps, and sort them.
 */
const inIndexOrder = "-c enable_bitmapscan=off -c enable_sort=off"
/** What a crash brings back is removed again, so removing need not make a sale's commits wait for the disk. */
const unhurried = "-c synchronous_commit=off"

/** Opens the pools; connections are made when they are first needed. */
export function openDatabase(options: DatabaseOptions): Database {
  const settings = {
    connectionString: options.url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    // One more than the server's own limit: fires only when the server itself no longer answers.
    query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
    keepAlive: true,
    options: `${inUtc} ${byIndexOnly}`,
    types: { getTypeParser },
  }
  const batches = new pg.Pool({
    ...settings,
    application_name: "doorbuster batches",
    options: `${settings.options} ${inIndexOrder}`,
    max: options.batchConnections ?? BATCH_CONNECTIONS,
    pipeline: true,
  })
  const lookups = new pg.Pool({
    ...settings,
    application_name: "doorbuster lookups",
    max: options.lookupConnections ?? LOOKUP_CONNECTIONS,
  })
  const views = new pg.Pool({
    ...settings,
    application_name: "doorbuster views",
    max: options.viewConnections ?? VIEW_CONNECTIONS,
  })
  const upkeep = new pg.Pool({
    ...settings,
    application_name: "doorbuster upkeep",
    options: `${settings.options} ${unhurried}`,
    max: UPKEEP_CONNECTIONS,
  })
  for (const pool of [batches, lookups, views, upkeep]) {
    pool.on("error", (error) => options.onConnectionError?.(error))
    // The pool listens to idle connections only. One that is in use and between two statements
    // would take the whole process down when the server ends it; its next statement fails instead.
    pool.on("connect", (client) => client.on("error", () => undefined))
  }
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

const parsers: Partial<Record<number, (text: string) => unknown>> = {
  [pg.types.builtins.INT8]: safeInteger,
  [pg.types.builtins.TIMESTAMPTZ]: (text) => instant(Date.parse(`${text.slice(0, -3)}Z`)),
}

/** Rows speak the domain's types: 64-bit integers are safe numbers, moments are instants. */
const getTypeParser: typeof pg.types.getTypeParser = (oid, format) =>
  parsers[oid] ?? pg.types.getTypeParser(oid, format)

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the integers of JavaScript`)
  return value
}
