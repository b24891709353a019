import { isoTime, type Instant } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import type { Tx } from "../tx.ts"

/** The scope of marks among the idempotency keys; no request's keys are under it. */
const SCOPE = "batch"

/**
 * A batch is all or nothing, so one row that only this batch can have written tells whether it was committed: a new
 * hold, an order made by a buyer, or a stock adjustment. Other rows may be written by others too: an order
 * that an event made may have an id that events elsewhere use for it.
 */
function rowOfThisBatchOnly(state: WorkingSet): { table: string; id: number } | null {
  const hold = state.holds.firstAdded()
  if (hold !== undefined) return { table: "holds", id: hold.id }
  const order = state.orders.added().find(({ origin }) => origin === "buyer")
  if (order !== undefined) return { table: "orders", id: order.id }
  const [adjustment] = state.adjustments
  return adjustment === undefined ? null : { table: "stock_adjustments", id: adjustment.id }
}

/**
 * Writes the batch's mark where a product's changes include no row that only this batch can have written. The number
 * of the transaction would not do: after a crash, or on a standby, PostgreSQL gives the number of a transaction that
 * it never wrote down to another one.
 */
export function saveMark(
  tx: Tx,
  states: readonly WorkingSet[],
  { mark, now }: { readonly mark: string; readonly now: Instant },
): Promise<void>[] {
  const isNeeded = states.some((state) => rowOfThisBatchOnly(state) === null)
  return isNeeded ? [insertMark(tx, mark, now)] : []
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

/** True when the batch with this mark, which left `state` behind, is in the database. */
export async function isCommitted(tx: Tx, state: WorkingSet, mark: string): Promise<boolean> {
  const row = rowOfThisBatchOnly(state)
  const { rows } = await tx.query(
    row === null
      ? {
          text: "select key from idempotency_keys where scope = $1 and key = $2",
          values: [SCOPE, mark],
        }
      : {
          text: `select id from ${row.table} where id = $1 and product_id = $2`,
          values: [row.id, state.productId],
        },
  )
  return rows.length > 0
}
