import type pg from "pg"
import { UnknownCommit, makesSessionUnusable } from "./errors.ts"

declare const inTransaction: unique symbol

/**
 * A connection inside an open transaction. Only this file makes the brand, so a store function that needs a transaction
 * cannot be called with a pool or with a connection outside of a transaction.
 */
export type Tx = pg.ClientBase & { readonly [inTransaction]: true }

/**
 * Begins a transaction without waiting for the answer. On a pipelined connection the first statement after it travels in
 * the same packet. `begun` rejects if BEGIN fails.
 */
export function begin(client: pg.ClientBase): { tx: Tx; begun: Promise<unknown> } {
  return { tx: client as Tx, begun: client.query("begin") }
}

/**
 * Sends all statements that `issue` puts on the connection in one packet. Otherwise each statement would be a system
 * call of its own, and wake the server.
 */
export function inOnePacket<T>(client: pg.ClientBase, issue: () => T): T {
  // The driver has no method for this. The property is public, but missing from its types.
  const { connection } = client as pg.ClientBase & { readonly connection: pg.Connection }
  connection.stream.cork()
  try {
    return issue()
  } finally {
    connection.stream.uncork()
  }
}

/**
 * Commits. A failed transaction answers COMMIT with the command tag ROLLBACK and no error, so the tag is checked.
 *
 * Throws {@link UnknownCommit} if the wait for a synchronous standby was cancelled (`pg_cancel_backend`): the server
 * then answers COMMIT, and only a warning says that the standby may not have the transaction.
 */
export async function commit(tx: Tx): Promise<void> {
  let isLocalOnly = false
  const listen = ({ code }: { code: string | undefined }) => {
    if (code === WARNING) isLocalOnly = true
  }
  tx.on("notice", listen)
  try {
    const { command } = await tx.query("commit")
    if (command !== "COMMIT") throw new Error(`the transaction ended with ${command}`)
  } finally {
    tx.off("notice", listen)
  }
  if (isLocalOnly) throw new UnknownCommit("the wait for the synchronous standby was cancelled")
}

/** COMMIT gives no other warning. Only the SQLSTATE is compared, because the message is translated. */
const WARNING = "01000"

/** Runs `work` in a transaction on a connection of the pool. */
export async function transaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    const { tx, begun } = begin(client)
    await begun
    const result = await work(tx)
    await commit(tx)
    return result
  } catch (error) {
    broken = await rollbackOrBreak(client, error)
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * Like {@link transaction}, for statements that take the first rows of a queue by an index. The planner underestimates
 * the queue, and would read and sort all of it, or read the whole table that it is joined with. With a million rows that
 * takes a second for each few rows, so every other plan is disabled.
 */
export function transactionByIndex<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transaction(pool, async (tx) => {
    await tx.query(
      "set local enable_sort = off; set local enable_bitmapscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off",
    )
    return work(tx)
  })
}

/** Rolls back. Returns an error if the connection is unusable and has to be closed. */
export async function rollbackOrBreak(client: pg.ClientBase, cause: unknown): Promise<Error | undefined> {
  // Closing the connection rolls back too.
  if (cause instanceof Error && makesSessionUnusable(cause)) return cause
  try {
    await client.query("rollback")
    return undefined
  } catch {
    // The connection is lost, and the transaction with it. The first error is the cause.
    return cause instanceof Error ? cause : new Error("the connection is lost")
  }
}
