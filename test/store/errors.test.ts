import pg from "pg"
import { describe, expect, test } from "vitest"
import {
  isBrokenGuard,
  isConnectionLoss,
  isTransient,
  NoConnection,
  ReadOnlyServer,
  makesSessionUnusable,
  UnfitDatabase,
  UnknownCommit,
} from "../../src/store/errors.ts"

/** An error as the server reports it. */
function reported(
  code: string,
  more: { table?: string; severity?: string; routine?: string } = {},
): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError("so the server says", 0, "error"), {
    code,
    severity: "ERROR",
    ...more,
  })
}

/** An error of the operating system. */
function system(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code })
}

const fatal = { severity: "FATAL" }
/** The severity as a server with German `lc_messages` writes it. */
const translated = { severity: "VERHÄNGNISVOLL" }

describe("errors that are transient, that mean a lost connection, and that make the session unusable", () => {
  test.each<[string, unknown, boolean, boolean, boolean]>([
    // what                                  error                          passes  lost  unusable
    ["serialisation failure", reported("40001"), true, false, false],
    ["deadlock", reported("40P01"), true, false, false],
    ["lock not available", reported("55P03"), true, false, false],
    ["statement time-out", reported("57014"), true, false, false],
    ["idle in transaction", reported("25P03", fatal), true, true, false],
    ["server shutting down", reported("57P01", fatal), true, true, false],
    ["server crashed", reported("57P02", fatal), true, true, false],
    ["server starting", reported("57P03", fatal), true, true, false],
    ["too many connections", reported("53300", fatal), true, true, false],
    ["connection failure", reported("08006", fatal), true, true, false],
    ["connection exception", reported("08000"), true, true, false],
    ["transaction that took too long", reported("25P04", translated), true, true, false],
    ["database dropped", reported("57P04", translated), true, true, false],
    ["session idle for too long", reported("57P05", translated), true, true, false],
    ["shutting down, in German", reported("57P01", translated), true, true, false],
    ["wrong password, in German", reported("28P01", translated), true, true, false],
    ["no such database, in German", reported("3D000", translated), true, true, false],
    ["unknown, but FATAL", reported("XX000", fatal), true, true, false],
    ["no writes", reported("25006"), true, false, true],
    ["recovery in progress", reported("55000"), true, false, true],
    ["prepared statement missing", reported("26000"), true, false, true],
    ["prepared statement exists already", reported("42P05"), true, false, true],
    [
      "prepared statement out of date",
      reported("0A000", { routine: "RevalidateCachedQuery" }),
      true,
      false,
      true,
    ],
    ["not supported", reported("0A000", { routine: "transformLockingClause" }), false, false, false],
    ["no permission", reported("42501"), false, false, false],
    ["no connection", new NoConnection("self-signed certificate"), true, true, false],
    ["a server that takes no writes", new ReadOnlyServer("standby"), true, true, true],
    ["an unfit database", new UnfitDatabase("jit is on"), true, true, false],
    [
      "event key just inserted by another batch",
      reported("23505", { table: "payment_events" }),
      true,
      false,
      false,
    ],
    [
      "idempotency key just inserted by another batch",
      reported("23505", { table: "idempotency_keys" }),
      true,
      false,
      false,
    ],
    ["product just made by another batch", reported("23505", { table: "products" }), true, false, false],
    ["hold id taken", reported("23505", { table: "holds" }), false, false, false],
    ["order id taken", reported("23505", { table: "orders" }), false, false, false],
    ["payment counted twice", reported("23505", { table: "payments" }), false, false, false],
    [
      "parked event just applied by another batch",
      reported("23502", { table: "payment_events" }),
      true,
      false,
      false,
    ],
    [
      "idempotency key just updated by another batch",
      reported("23502", { table: "idempotency_keys" }),
      true,
      false,
      false,
    ],
    ["product's guard", reported("23502", { table: "products" }), false, false, false],
    ["hold's guard", reported("23502", { table: "holds" }), false, false, false],
    ["order's guard", reported("23502", { table: "orders" }), false, false, false],
    ["a CHECK", reported("23514", { table: "products" }), false, false, false],
    ["a syntax error", reported("42601"), false, false, false],
    ["a missing table", reported("42P01"), false, false, false],
    ["a number out of range", reported("22003"), false, false, false],
    ["connection refused", system("ECONNREFUSED"), true, true, false],
    ["connection reset", system("ECONNRESET"), true, true, false],
    ["no socket file", system("ENOENT"), true, true, false],
    ["unknown host name", system("ENOTFOUND"), true, true, false],
    [
      "no address of a name answers",
      new AggregateError([system("ECONNREFUSED"), system("ECONNREFUSED")]),
      true,
      true,
      false,
    ],
    ["driver: terminated", new Error("Connection terminated unexpectedly"), true, true, false],
    [
      "driver: no connection in time",
      new Error("timeout exceeded when trying to connect"),
      true,
      true,
      false,
    ],
    ["driver: no answer in time", new Error("Query read timeout"), true, true, false],
    [
      "driver: broken client",
      new Error("Client has encountered a connection error and is not queryable"),
      true,
      true,
      false,
    ],
    ["unknown commit", new UnknownCommit("lost"), true, false, false],
    ["a bug in the code", new TypeError("x is undefined"), false, false, false],
    ["no access to a file", system("EACCES"), false, false, false],
    ["a thrown text", "text", false, false, false],
    ["nothing", undefined, false, false, false],
  ])("%s", (_, error, passes, isLoss, isUnusable) => {
    expect([isTransient(error), isConnectionLoss(error), makesSessionUnusable(error)]).toEqual([
      passes,
      isLoss,
      isUnusable,
    ])
  })
})

describe("a broken guard means that the lock did not protect the rows", () => {
  test.each([
    [reported("23502", { table: "products" }), true],
    [reported("23502", { table: "holds" }), true],
    [reported("23502", { table: "orders" }), true],
    [reported("23502", { table: "refunds" }), true],
    [reported("23502", { table: "disputes" }), true],
    [reported("22012"), true],
    [reported("23502", { table: "payment_events" }), false],
    [reported("23505", { table: "holds" }), false],
    [new Error("anything"), false],
  ])("%o: %s", (error, isBroken) => {
    expect(isBrokenGuard(error)).toBe(isBroken)
  })
})
