import type pg from "pg"
import type { WantOfUnits } from "./ledger.ts"

/** From this moment of the database's clock on, so many units were available, until the next step. */
export interface Step {
  readonly atMs: number
  readonly available: number
}

/**
 * What was available at every moment of a sale, in order, as the rows tell once it is over: each says when the
 * batch was that took its units or gave them back, by one clock and under one lock.
 *
 * Where rows do not tell, units count as gone: in a batch all are taken before any come back; those of an order
 * come back when it was last changed, and of one that was paid late they never did.
 */
export async function availabilityOf(pool: pg.Pool, productId: number): Promise<readonly Step[]> {
  const { rows } = await pool.query<Step>(
    `with moves as (
       select created_at as at, -qty as units from holds where product_id = $1
        union all
       select ended_at, qty from holds where product_id = $1 and status in ('released', 'expired')
        union all
       select updated_at, quantity from orders where product_id = $1 and status in ('cancelled', 'expired')),
     batches as (
       select at,
              coalesce(sum(-units) filter (where units < 0), 0) as taken,
              coalesce(sum(units) filter (where units > 0), 0) as returned
         from moves
        group by at),
     balances as (
       select at, taken, returned, sum(returned - taken) over (order by at) as balance
         from batches),
     steps as (
       select at, 1 as place, balance - returned as balance from balances where taken > 0
        union all
       select at, 2, balance from balances where returned > 0)
     select -1e15::float8 as "atMs", 0 as place, stock as available from products where id = $1
      union all
     select extract(epoch from s.at)::float8 * 1000, s.place, (p.stock + s.balance)::int
       from steps s
       join products p on p.id = $1
      order by "atMs", place`,
    [productId],
  )
  return rows.map(({ atMs, available }) => ({ atMs, available }))
}

export interface Undersell {
  /** Seconds in which somebody was refused units that had been there for longer than may be. */
  readonly seconds: number
  readonly refusals: number
}

/** So long may a server go on refusing what has come back (I9). */
const MAY_REFUSE_FOR_MS = 1_000
/** The rehearsal's clock and the database's are compared over a connection. */
const CLOCK_MARGIN_MS = 50

/**
 * Refusals for want of units although as many were there at every moment, from a second before the visitor
 * asked until after the answer. `aheadMs`: the database's clock less the one of the wants.
 */
export function findUndersell(
  steps: readonly Step[],
  wants: readonly WantOfUnits[],
  aheadMs: number,
): Undersell {
  const seconds = new Set<number>()
  let refusals = 0
  for (const { askedAt, answeredAt, quantity } of wants) {
    const from = askedAt + aheadMs - MAY_REFUSE_FOR_MS - CLOCK_MARGIN_MS
    const to = answeredAt + aheadMs + CLOCK_MARGIN_MS
    if (leastBetween(steps, from, to) < quantity) continue
    refusals += 1
    seconds.add(Math.floor(askedAt / 1_000))
  }
  return { seconds: seconds.size, refusals }
}

function leastBetween(steps: readonly Step[], from: number, to: number): number {
  let least = steps[lastUntil(steps, from)]?.available ?? 0
  for (let index = lastUntil(steps, from) + 1; index < steps.length; index += 1) {
    const step = steps[index]
    if (step === undefined || step.atMs > to) break
    least = Math.min(least, step.available)
  }
  return least
}

/** Where the last step stands that is not after a moment; -1 before the first. */
function lastUntil(steps: readonly Step[], at: number): number {
  let [low, high] = [0, steps.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((steps[middle]?.atMs ?? Infinity) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
