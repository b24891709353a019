import pg from "pg"

/**
 * SQLSTATEs after which the same transaction may well succeed: serialisation failure, deadlock, lock
 * not available, statement cancelled by a time-out, idle in transaction, server shutting down,
 * crashed or starting, no room, memory or connection left (class 53), a disk that fails, every
 * connection exception (class 08), and one key twice in an upsert: two products of a group brought
 * the same Idempotency-Key, and alone each finds it.
 */
const transientStates = new Set([
  "40001",
  "40P01",
  "55P03",
  "57014",
  "25P03",
  "57P01",
  "57P02",
  "57P03",
  "58030",
  "21000",
])

/**
 * Tables in which two batches can meet without sharing a lock: their keys span products, or the
 * product itself is new. One inserts the key (23505) or changes the row (23502, see save.ts) first,
 * and the other one finds that when it looks again.
 */
const meetingPlaces = new Set(["payment_events", "idempotency_keys", "products"])

/** The connection died while COMMIT was on its way: nobody knows yet whether it happened. */
export class UnknownCommit extends Error {}

/** True for errors after which the same work should be tried again. */
export function isTransient(error: unknown): boolean {
  if (error instanceof UnknownCommit) return true
  if (!(error instanceof Error)) return false
  if (error instanceof pg.DatabaseError) {
    const { code = "", table = "" } = error
    // The server ends or refuses the connection; nothing about the work is wrong.
    if (isConnectionLoss(error)) return true
    if (code === "23505") return meetingPlaces.has(table)
    if (code === "23502") return meetingPlaces.has(table) && table !== "products"
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

/** How a guard undoes a batch when the row that it guards is not there; nothing else divides. */
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

/** True when there is no server at the other end any more, or none that answers. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof pg.DatabaseError) return error.severity === "FATAL" || error.severity === "PANIC"
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss)
  return ("code" in error && lossCodes.has(String(error.code))) || lossTexts.test(error.message)
}
