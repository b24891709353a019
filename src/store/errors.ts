import pg from "pg"

/**
 * SQLSTATEs after which a retry of the same transaction may succeed: serialisation failure, deadlock, lock not
 * available, statement cancelled by a time-out, I/O error, and one key twice in an upsert. The last one occurs when two
 * products of a group bring the same Idempotency-Key; in batches of their own, the second one finds it.
 */
const transientStates = new Set(["40001", "40P01", "55P03", "57014", "58030", "21000"])

/**
 * SQLSTATEs after which the session is unusable although it still answers; the same work may succeed on another
 * connection. The server takes no writes (a standby, a demoted primary, a disk that a hoster has locked because it is
 * full); it is in recovery; or its prepared statements are not those that the driver knows, because a pooler or
 * `discard all` has changed the session behind the connection.
 */
const unusableSessionStates = new Set(["25006", "55000", "26000", "42P05"])

/** Only those errors with this SQLSTATE that come from {@link PLAN_CHECK} make the session unusable. */
const NOT_SUPPORTED = "0A000"
/**
 * The function of PostgreSQL which finds that a migration has changed the columns of a prepared statement. The message
 * of the error is translated, so it cannot be compared.
 */
const PLAN_CHECK = "RevalidateCachedQuery"

/**
 * SQLSTATEs with which the server ends or refuses a connection: idle in a transaction for too long, a transaction or
 * session that lasts too long, shutdown, crash, start, a dropped database, too many connections. They are listed because
 * the severity FATAL, which would say the same, is translated into the server's language.
 */
const connectionLossStates = new Set([
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
 * Tables in which two batches can write the same key without sharing a lock: the keys span products, or the product
 * itself is new. One batch inserts the key (23505) or changes the row (23502, see save.ts) first; the other one fails,
 * and finds the row when it is retried.
 */
const sharedKeyTables = new Set(["payment_events", "idempotency_keys", "products"])

/** The connection broke before COMMIT was answered, so it is unknown whether the transaction was committed. */
export class UnknownCommit extends Error {}

/** No connection could be opened, so nothing was written. */
export class NoConnection extends Error {}

/** The server answers but takes no writes at present, so nothing was written. */
export class ReadOnlyServer extends NoConnection {}

/** The server takes writes, but it lacks what this process has written; nothing more was written to it. */
export class OlderHistory extends NoConnection {}

/** A product lacks changes that this process has committed; nothing was written to it. */
export class MissingChanges extends NoConnection {}

/** The server answers, but its version, its encoding or a setting of the session is not what the program needs. */
export class UnfitDatabase extends NoConnection {}

/** The batch was decided with rows that this process remembered and the database no longer had; nothing was written. */
export class StaleMemory extends Error {}

/** True for errors after which the same work should be retried. */
export function isTransient(error: unknown): boolean {
  if (error instanceof UnknownCommit || error instanceof StaleMemory) return true
  if (!(error instanceof Error)) return false
  if (error instanceof pg.DatabaseError) {
    const { code = "", table = "" } = error
    if (isConnectionLoss(error) || makesSessionUnusable(error)) return true
    if (code === "23505") return sharedKeyTables.has(table)
    if (code === "23502") return sharedKeyTables.has(table) && table !== "products"
    return transientStates.has(code) || code.startsWith("08") || code.startsWith("53")
  }
  return isConnectionLoss(error)
}

/**
 * True when a guard rolled back the batch (23502, see save.ts): a row differed from what was loaded under the lock. No
 * command can cause that; it means that the lock did not protect the rows.
 */
export function isBrokenGuard(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return (error.code === "23502" && guarded.has(error.table ?? "")) || error.code === DIVISION_BY_ZERO
}

/** A guard divides by zero to roll back a batch when its row is missing. No other statement divides. */
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
// The driver's own errors have no code, so their messages are compared.
const lossTexts =
  /connection terminated|connection error|timeout exceeded when trying to connect|connection timeout|query read timeout|not queryable|client has encountered/i

/**
 * True when the session still answers but is unusable. Its connection must be closed instead of being returned to the
 * pool, or the next request on it fails too.
 */
export function makesSessionUnusable(error: unknown): boolean {
  if (error instanceof ReadOnlyServer || error instanceof OlderHistory) return true
  if (!(error instanceof pg.DatabaseError)) return false
  return unusableSessionStates.has(error.code ?? "") || isStalePlan(error)
}

/**
 * True when a migration has changed the columns that a prepared statement returns. PostgreSQL notices before it
 * executes the statement, so nothing has happened.
 */
export function isStalePlan(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return error.code === NOT_SUPPORTED && error.routine === PLAN_CHECK
}

/** True when the server has closed or refused the connection, or does not answer. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof NoConnection) return true
  if (error instanceof pg.DatabaseError) {
    const { code = "", severity } = error
    return (
      connectionLossStates.has(code) || code.startsWith("28") || severity === "FATAL" || severity === "PANIC"
    )
  }
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss)
  return ("code" in error && lossCodes.has(String(error.code))) || lossTexts.test(error.message)
}

/** True when PostgreSQL ended the transaction to resolve a deadlock. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "40P01"
}
