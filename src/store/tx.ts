import type pg from "pg"
import { UnknownCommit, makesSessionUnusable } from "./errors.ts"

declare const inTransaction: unique symbol

/**
 * A connection inside an open transaction. The brand is given out here only, so that a store
 * function that needs a transaction cannot be handed a pool or a bare connection.
 */
export type Tx = pg.ClientBase & { readonly [inTransaction]: true }

/**
 * Begins a transaction without waiting for the answer; the first statement after it travels in the
 * same packet on a pipelined connection. `begun` rejects when BEGIN itself fails.
 *
 * The level is named, because the database's default may be another one: a snapshot that is older than the
 * lock would make every batch that had to wait for it fail and try again.
 */
export function begin(client: pg.ClientBase): { tx: Tx; begun: Promise<unknown> } {
  return { tx: client as Tx, begun: client.query("begin isolation level read committed") }
}

/**
 * Sends all that `issue` asks of the connection in one packet. One by one, each statement would be a
 * call of the system and wake the server for itself.
 */
export function inOnePacket<T>(client: pg.ClientBase, issue: () => T): T {
  // The driver has no call for this; its connection is public, but missing from its types.
  const { connection } = client as pg.ClientBase & { readonly connection: pg.Connection }
  connection.stream.cork()
  try {
    return issue()
  } finally {
    connection.stream.uncork()
  }
}

/**
 * Commits. A failed transaction answers COMMIT with ROLLBACK and no error, so the tag is checked.
 *
 * Throws {@link UnknownCommit} when the wait for a synchronous standby was cancelled (`pg_cancel_backend`): the
 * server then answers with COMMIT, and only a warning says that the standby may not have it.
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

/** COMMIT warns of nothing else. Its text is in the server's language, so it is not asked for. */
const WARNING = "01000"

/** Runs `work` in a transaction of its own on one of the pool's connections. */
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
 * As {@link transaction}, for statements that take the first rows of an index of what waits. The planner
 * believes that little waits, and would rather read and sort all of it, or read the other table whole:
 * with a million rows that takes a second, for every few that are taken. Here it has no choice.
 */
export function transactionByIndex<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transaction(pool, async (tx) => {
    await tx.query(
      "set local enable_sort = off; set local enable_bitmapscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off",
    )
    return work(tx)
  })
}

/** Rolls back; returns an error when the connection is no longer usable, after which it has to be closed. */
export async function rollbackOrBreak(client: pg.ClientBase, cause: unknown): Promise<Error | undefined> {
  // Closing it rolls back, too.
  if (cause instanceof Error && makesSessionUnusable(cause)) return cause
  try {
    await client.query("rollback")
    return undefined
  } catch {
    // The connection is gone, and the transaction with it; the first error tells why.
    return cause instanceof Error ? cause : new Error("the connection is lost")
  }
}
