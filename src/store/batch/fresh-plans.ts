import type pg from "pg"

/** From here on; before, PostgreSQL still plans most statements at each execution. */
const FIRST_RENEWAL = 8

const batches = new WeakMap<pg.ClientBase, number>()

/**
 * Counts a batch of a connection, and each time their number has doubled has the plans of its prepared statements made
 * anew. A plan is made for a table's size at that moment. One that was made while the table was nearly empty may read the
 * whole table or index, for as long as nothing makes PostgreSQL plan again: until the next ANALYZE, which comes once a
 * minute at most. In that minute a sale writes a hundred thousand rows.
 *
 * Call it before BEGIN, in the packet of the first statement of the batch. If it fails, so does that statement.
 */
export function renewPlans(client: pg.ClientBase): void {
  const count = (batches.get(client) ?? 0) + 1
  batches.set(client, count)
  const isPowerOfTwo = (count & (count - 1)) === 0
  if (count >= FIRST_RENEWAL && isPowerOfTwo) client.query("discard plans").catch(() => undefined)
}
