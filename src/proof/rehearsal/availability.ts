import type pg from "pg"
import type { OutOfStock } from "./visit-log.ts"

/** The number of available units, from a time on the database's clock until the next step. */
export interface Step {
  readonly atMs: number
  readonly available: number
}

/**
 * Computes the available units at every moment of a finished sale from its rows. Each row contains the time of the
 * batch that took or returned its units, on the database's clock and under the product's lock.
 *
 * If the rows do not decide a case, the units count as taken: a batch takes units before it returns any, an order
 * returns its units at its last change, and an order that was paid late never returned them.
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

/** As {@link availabilityOf}, for each variant of a product: a hold or an order moves the units of all its lines. */
export async function availabilityByVariant(
  pool: pg.Pool,
  productId: number,
): Promise<ReadonlyMap<number, readonly Step[]>> {
  const { rows } = await pool.query<Step & { variantId: number }>(
    `with rows as (
       select status, created_at as taken_at, ended_at, variant_id, qty as units, lines
         from holds
        where product_id = $1
        union all
       select status, null, updated_at, variant_id, quantity, lines
         from orders
        where product_id = $1),
     parts as (
       select status, taken_at, ended_at, variant_id, units from rows where variant_id is not null
        union all
       select r.status, r.taken_at, r.ended_at, (line ->> 'variantId')::bigint, (line ->> 'qty')::integer
         from rows r
        cross join lateral jsonb_array_elements(r.lines) as line),
     moves as (
       select variant_id, taken_at as at, -units as units from parts where taken_at is not null
        union all
       select variant_id, ended_at, units from parts where taken_at is not null and status in ('released', 'expired')
        union all
       select variant_id, ended_at, units from parts where taken_at is null and status in ('cancelled', 'expired')),
     batches as (
       select variant_id, at,
              coalesce(sum(-units) filter (where units < 0), 0) as taken,
              coalesce(sum(units) filter (where units > 0), 0) as returned
         from moves
        group by variant_id, at),
     balances as (
       select variant_id, at, taken, returned,
              sum(returned - taken) over (partition by variant_id order by at) as balance
         from batches),
     steps as (
       select variant_id, at, 1 as place, balance - returned as balance from balances where taken > 0
        union all
       select variant_id, at, 2, balance from balances where returned > 0)
     select id as "variantId", -1e15::float8 as "atMs", 0 as place, stock as available
       from variants
      where product_id = $1
      union all
     select s.variant_id, extract(epoch from s.at)::float8 * 1000, s.place, (v.stock + s.balance)::int
       from steps s
       join variants v on v.product_id = $1 and v.id = s.variant_id
      order by "variantId", "atMs", place`,
    [productId],
  )
  const byVariant = Map.groupBy(rows, ({ variantId }) => variantId)
  return new Map(
    [...byVariant].map(([id, steps]) => [id, steps.map(({ atMs, available }) => ({ atMs, available }))]),
  )
}

export interface Undersell {
  /** Seconds with a refusal of units that had been available for longer than I9 allows. */
  readonly seconds: number
  readonly refusals: number
}

/** I9: a server may refuse returned units for this long. */
const MAY_REFUSE_FOR_MS = 1_000
/** The possible error of comparing the two clocks over a connection. */
const CLOCK_MARGIN_MS = 50

/**
 * Finds wrong refusals: those whose units were available at every moment from one second before the request until the
 * answer; of a request for several variants, those of which every line was. `aheadMs` is the database's clock minus the
 * clock of the refusals.
 */
export function findUndersell(
  steps: readonly Step[],
  stockRefusals: readonly OutOfStock[],
  aheadMs: number,
  byVariant: ReadonlyMap<number, readonly Step[]> = new Map(),
): Undersell {
  const seconds = new Set<number>()
  let refusals = 0
  for (const { askedAt, answeredAt, quantity, lines } of stockRefusals) {
    const from = askedAt + aheadMs - MAY_REFUSE_FOR_MS - CLOCK_MARGIN_MS
    const to = answeredAt + aheadMs + CLOCK_MARGIN_MS
    const wereThere =
      lines === undefined
        ? leastBetween(steps, from, to) >= quantity
        : lines.every((line) => leastBetween(byVariant.get(line.variantId) ?? [], from, to) >= line.quantity)
    if (!wereThere) continue
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

/** The index of the last step at or before a moment; -1 before the first step. */
function lastUntil(steps: readonly Step[], at: number): number {
  let [low, high] = [0, steps.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((steps[middle]?.atMs ?? Infinity) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
