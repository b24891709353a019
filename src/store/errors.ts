import pg from "pg"

/**
 * SQLSTATEs after which the same transaction may well succeed: serialisation failure, deadlock, lock
 * not available, statement cancelled by a time-out, a disk that fails, and one key twice in an upsert: two
 * products of a group brought the same Idempotency-Key, and alone each finds it.
 */
const transientStates = new Set(["40001", "40P01", "55P03", "57014", "58030", "21000"])

/**
 * SQLSTATEs after which the session is of no more use, although it goes on answering; on another connection the same
 * work may well succeed. The server takes no writes (a standby, a demoted primary, a full disk at a hoster); it is
 * in recovery; a prepared statement that the driver knows is not there, or one that it does not know is, because
 * a pooler or a `discard all` has changed what is behind the connection.
 */
const spoilingStates = new Set(["25006", "55000", "26000", "42P05"])

/** Of the errors of this class only the one of this place in PostgreSQL is about the session. */
const NOT_SUPPORTED = "0A000"
/** Where PostgreSQL finds that a migration has changed the columns of a prepared statement. Its text is translated. */
const PLAN_CHECK = "RevalidateCachedQuery"

/**
 * SQLSTATEs with which the server ends or refuses a connection: idle for too long in a transaction, a transaction
 * or a session that lasts too long, shut down, crashed, starting, database dropped, and no connection left. Asked first,
 * because the word FATAL is translated into the server's language and the driver keeps no other one.
 */
const endingStates = new Set([
  "25P03",
  "25P04",
  "57P01",
  "57P02",
  "57P03",
  "57P04",
  "57P05",
  "53300",
  "3D000",
  "08000",
  "08001",
  "08003",
  "08004",
  "08006",
  "08007",
])

/**
 * Tables in which two batches can meet without sharing a lock: their keys span products, or the
 * product itself is new. One inserts the key (23505) or changes the row (23502, see save.ts) first,
 * and the other one finds that when it looks again.
 */
const sharedKeyTables = new Set(["payment_events", "idempotency_keys", "products"])

/** The connection died before COMMIT was answered: it is not known yet whether the transaction was committed. */
export class UnknownCommit extends Error {}

/** No connection could be opened, so nothing was written. */
export class NoConnection extends Error {}

/** The server was reached and takes no writes at present, so nothing was written. */
export class ReadOnlyServer extends NoConnection {}

/** The server was reached, and is not one that the program can work with, or does not take its settings. */
export class UnfitDatabase extends NoConnection {}

/** True for errors after which the same work should be tried again. */
export function isTransient(error: unknown): boolean {
  if (error instanceof UnknownCommit) return true
  if (!(error instanceof Error)) return false
  if (error instanceof pg.DatabaseError) {
    const { code = "", table = "" } = error
    // The server ends or refuses the connection; nothing about the work is wrong.
    if (isConnectionLoss(error) || makesSessionUnusable(error)) return true
    if (code === "23505") return sharedKeyTables.has(table)
    if (code === "23502") return sharedKeyTables.has(table) && table !== "products"
    return transientStates.has(code) || code.startsWith("08") || code.startsWith("53")
  }
  return isConnectionLoss(error)
}

/**
 * True when a guard undid the batch (23502, see save.ts): a row was not as it was loaded under the
 * lock. No command can cause that, so it says that the lock does not hold.
 */
export function isBrokenGuard(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return (error.code === "23502" && guarded.has(error.table ?? "")) || error.code === DIVISION_BY_ZERO
}

/** How a guard undoes a batch when the row that it guards is not there. No other statement divides. */
const DIVISION_BY_ZERO = "22012"

const guarded = new Set(["products", "holds", "orders", "refunds", "disputes"])

const lossCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
  "ENOTFOUND",
])
// The driver's own errors carry no code; these are its texts.
const lossTexts =
  /connection terminated|connection error|timeout exceeded when trying to connect|connection timeout|query read timeout|not queryable|client has encountered/i

/**
 * True when the session still answers but cannot be used any more. Its connection must be closed instead of being
 * returned to the pool, or the next request on it fails too.
 */
export function makesSessionUnusable(error: unknown): boolean {
  if (error instanceof ReadOnlyServer) return true
  if (!(error instanceof pg.DatabaseError)) return false
  return spoilingStates.has(error.code ?? "") || isStalePlan(error)
}

/**
 * True when a migration has changed the columns that a prepared statement returns. PostgreSQL notices before it
 * executes the statement, so nothing has happened.
 */
export function isStalePlan(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return error.code === NOT_SUPPORTED && error.routine === PLAN_CHECK
}

/** True when the server at the other end is gone, or does not answer. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof NoConnection) return true
  if (error instanceof pg.DatabaseError) {
    const { code = "", severity } = error
    return endingStates.has(code) || code.startsWith("28") || severity === "FATAL" || severity === "PANIC"
  }
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss)
  return ("code" in error && lossCodes.has(String(error.code))) || lossTexts.test(error.message)
}

/** True when PostgreSQL ended the transaction to resolve a deadlock. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "40P01"
}
