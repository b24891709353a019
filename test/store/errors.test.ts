import pg from "pg"
import { describe, expect, test } from "vitest"
import { isBrokenGuard, isConnectionLoss, isTransient, UnknownCommit } from "../../src/store/errors.ts"

/** An error as the server reports it. */
function reported(code: string, more: { table?: string; severity?: string } = {}): pg.DatabaseError {
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

describe("which errors pass, and which mean that nobody is there", () => {
  test.each<[string, unknown, boolean, boolean]>([
    // what                                  error                          passes  connection lost
    ["serialisation failure", reported("40001"), true, false],
    ["deadlock", reported("40P01"), true, false],
    ["lock not available", reported("55P03"), true, false],
    ["statement time-out", reported("57014"), true, false],
    ["idle in transaction", reported("25P03", fatal), true, true],
    ["server shutting down", reported("57P01", fatal), true, true],
    ["server crashed", reported("57P02", fatal), true, true],
    ["server starting", reported("57P03", fatal), true, true],
    ["too many connections", reported("53300", fatal), true, true],
    ["connection failure", reported("08006", fatal), true, true],
    ["connection exception", reported("08000"), true, false],
    ["event key taken meanwhile", reported("23505", { table: "payment_events" }), true, false],
    ["idempotency key taken meanwhile", reported("23505", { table: "idempotency_keys" }), true, false],
    ["product made meanwhile", reported("23505", { table: "products" }), true, false],
    ["hold id taken", reported("23505", { table: "holds" }), false, false],
    ["order id taken", reported("23505", { table: "orders" }), false, false],
    ["payment counted twice", reported("23505", { table: "payments" }), false, false],
    ["parked event applied meanwhile", reported("23502", { table: "payment_events" }), true, false],
    ["idempotency key kept meanwhile", reported("23502", { table: "idempotency_keys" }), true, false],
    ["product's guard", reported("23502", { table: "products" }), false, false],
    ["hold's guard", reported("23502", { table: "holds" }), false, false],
    ["order's guard", reported("23502", { table: "orders" }), false, false],
    ["a CHECK", reported("23514", { table: "products" }), false, false],
    ["a syntax error", reported("42601"), false, false],
    ["a missing table", reported("42P01"), false, false],
    ["a number out of range", reported("22003"), false, false],
    ["nobody listens", system("ECONNREFUSED"), true, true],
    ["cut off", system("ECONNRESET"), true, true],
    ["no socket file", system("ENOENT"), true, true],
    ["name unknown", system("ENOTFOUND"), true, true],
    ["no address answers", new AggregateError([system("ECONNREFUSED"), system("ECONNREFUSED")]), true, true],
    ["driver: terminated", new Error("Connection terminated unexpectedly"), true, true],
    ["driver: no connection in time", new Error("timeout exceeded when trying to connect"), true, true],
    ["driver: no answer in time", new Error("Query read timeout"), true, true],
    [
      "driver: broken client",
      new Error("Client has encountered a connection error and is not queryable"),
      true,
      true,
    ],
    ["unknown commit", new UnknownCommit("lost"), true, false],
    ["a fault of ours", new TypeError("x is undefined"), false, false],
    ["no access to a file", system("EACCES"), false, false],
    ["something that is no error", "text", false, false],
    ["nothing", undefined, false, false],
  ])("%s", (_, error, passes, isLoss) => {
    expect([isTransient(error), isConnectionLoss(error)]).toEqual([passes, isLoss])
  })
})

describe("a broken guard says that the lock does not hold", () => {
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
