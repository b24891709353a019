import type { Sweep } from "../domain/commands.ts"
import { isRefusal } from "../domain/refusals.ts"
import type { Lanes } from "../lanes/lanes.ts"
import { dueProducts } from "../store/upkeep/housekeeping.ts"
import type { Database } from "../store/pool.ts"

export interface ExpiryParts {
  readonly lanes: Lanes
  readonly database: Database
  readonly observer: ExpiryObserver
}

/** Is told about each sweep. */
export interface ExpiryObserver {
  expiryBatch(swept: { expired: number; durationMs: number }): void
  expiryLag(seconds: number): void
}

/** Rows that one command ends. It takes the lane a few milliseconds, and buyers' commands come in between. */
const ROWS_AT_ONCE = 500
/** Products of one sweep; the next sweep takes the next ones. */
const PRODUCTS_AT_ONCE = 1_000

/**
 * Ends all holds and unpaid orders whose time is over, through their products' lanes. Any number of
 * processes may sweep at once: the row lock lets each row end once (I3).
 */
export async function sweepDue({ lanes, database, observer }: ExpiryParts): Promise<Omit<Sweep, "more">> {
  const startedAt = performance.now()
  const due = await dueProducts(database.views, PRODUCTS_AT_ONCE)
  observer.expiryLag(Math.max(0, ...due.map((product) => product.lagSeconds)))

  const sweeps = await Promise.all(due.map(({ productId }) => sweepProduct(lanes, productId)))
  const total = { holds: 0, orders: 0, units: 0 }
  for (const sweep of sweeps) {
    total.holds += sweep.holds
    total.orders += sweep.orders
    total.units += sweep.units
  }
  const expired = total.holds + total.orders
  const durationMs = Math.round((performance.now() - startedAt) * 10) / 10
  if (expired > 0) observer.expiryBatch({ expired, durationMs })
  return total
}

async function sweepProduct(lanes: Lanes, productId: number): Promise<Omit<Sweep, "more">> {
  const total = { holds: 0, orders: 0, units: 0 }
  for (;;) {
    const { outcome } = await lanes.submit({ kind: "expire_due", productId, limit: ROWS_AT_ONCE })
    // The lane is overloaded or the database unavailable. The rows stay due, and the next sweep comes soon.
    if (isRefusal(outcome)) return total
    total.holds += outcome.holds
    total.orders += outcome.orders
    total.units += outcome.units
    if (!outcome.more) return total
  }
}
