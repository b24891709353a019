import { isoTime, type Instant } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { markOf } from "./row-place.ts"
import type { Tx } from "../tx.ts"

/** No caller's keys are under it. */
const SCOPE = "batch"

/**
 * A batch is all or nothing, so any one row that only it could have written tells whether it happened: a new
 * hold, an order made by a buyer, or a stock adjustment. What else it writes others may write too: an order
 * that an event made may have an id that events elsewhere use for it.
 */
function ownRow(state: WorkingSet): { table: string; id: number } | null {
  const hold = state.holds.firstAdded()
  if (hold !== undefined) return { table: "holds", id: hold.id }
  const order = state.orders.added().find(({ origin }) => origin === "buyer")
  if (order !== undefined) return { table: "orders", id: order.id }
  const [adjustment] = state.adjustments
  return adjustment === undefined ? null : { table: "stock_adjustments", id: adjustment.id }
}

/**
 * Leaves a mark where a product's changes have no row of their own. The number of the transaction would not
 * do: after a crash, or on a standby, PostgreSQL gives the number of one that it never wrote down to another.
 */
export function saveMark(tx: Tx, states: readonly WorkingSet[], now: Instant): Promise<void>[] {
  const [first] = states
  const isNeeded = states.some((state) => ownRow(state) === null)
  return first !== undefined && isNeeded ? [insertMark(tx, markOf(first), now)] : []
}

async function insertMark(tx: Tx, mark: string, now: Instant): Promise<void> {
  await tx.query({
    name: "insert-batch-mark",
    text: `
      insert into idempotency_keys (scope, key, fingerprint, outcome, created_at)
      values ($1, $2, '', '', $3)`,
    values: [SCOPE, mark, isoTime(now)],
  })
}

/** True when the transaction that left `state` behind is in the database. */
export async function isCommitted(tx: Tx, state: WorkingSet): Promise<boolean> {
  const own = ownRow(state)
  const { rows } = await tx.query(
    own === null
      ? {
          text: "select key from idempotency_keys where scope = $1 and key = $2",
          values: [SCOPE, markOf(state)],
        }
      : {
          text: `select id from ${own.table} where id = $1 and product_id = $2`,
          values: [own.id, state.productId],
        },
  )
  return rows.length > 0
}
