import type pg from "pg"
import type { Instant } from "../../domain/time.ts"
import { transaction, type Tx } from "../tx.ts"

/** A number of rows, and the units of them together. */
export interface RowsAndUnits {
  readonly count: number
  readonly units: number
}

/** What orders in one currency have brought, in its minor units. */
export interface Revenue {
  readonly currency: string
  readonly paidOrders: number
  /** The totals of all orders that were paid, those refunded since included. */
  readonly grossMinor: number
  /** What of that goes back or went back; money above an order's total is in neither. */
  readonly refundedMinor: number
  /** What of that banks hold or have taken because of disputes. */
  readonly disputedMinor: number
}

/** What became of a product's holds, since it was created. */
export interface SaleFigures {
  readonly holds: RowsAndUnits
  /** False: holds that ended without an order may have been removed since, so more were made. */
  readonly hasAllHolds: boolean
  readonly orders: RowsAndUnits
  readonly paid: RowsAndUnits
  /** Only currencies in which there is a paid order, by code. */
  readonly revenue: readonly Revenue[]
  readonly countedAt: Instant
}

/** Sums above this are shown as this: it is the largest integer that the wire has. */
const LARGEST = Number.MAX_SAFE_INTEGER

/**
 * Counts a product's holds, orders and money from their rows. Ended holds that are older than `holdRetentionDays` are
 * taken to be removed; 0: none is.
 *
 * Reads the three tables whole, because no index begins with the product: one would cost every hold and every order of
 * every sale, whether or not an operator looks. The caller has to make pauses.
 */
export function readSaleFigures(
  pool: pg.Pool,
  productId: number,
  holdRetentionDays: number,
): Promise<SaleFigures> {
  return transaction(pool, async (tx) => {
    // One snapshot, or there could be more orders than holds.
    await tx.query("set transaction isolation level repeatable read, read only")
    // Serving connections avoid sequential scans (session.ts).
    await tx.query("set local enable_seqscan = on")
    // One processor: the others are the sale's.
    await tx.query("set local max_parallel_workers_per_gather = 0")
    const holds = await countHolds(tx, productId, holdRetentionDays)
    const currencies = await countOrders(tx, productId)
    const sum = (of: (row: OrdersOfCurrency) => number) => currencies.reduce((all, row) => all + of(row), 0)
    const { hasAllHolds, countedAt, ...made } = holds
    return {
      holds: made,
      hasAllHolds,
      orders: { count: sum(({ orders }) => orders), units: sum(({ units }) => units) },
      paid: { count: sum(({ paidOrders }) => paidOrders), units: sum(({ paidUnits }) => paidUnits) },
      revenue: currencies
        .filter(({ paidOrders }) => paidOrders > 0)
        .map(({ currency, paidOrders, grossMinor, refundedMinor, disputedMinor }) => ({
          currency,
          paidOrders,
          grossMinor,
          refundedMinor,
          disputedMinor,
        })),
      countedAt,
    }
  })
}

interface CountedHolds extends RowsAndUnits {
  readonly hasAllHolds: boolean
  readonly countedAt: Instant
}

async function countHolds(tx: Tx, productId: number, retentionDays: number): Promise<CountedHolds> {
  const { rows } = await tx.query<CountedHolds>({
    text: `
      select count(*) as count,
             coalesce(sum(qty), 0) as units,
             coalesce($2 = 0 or min(created_at) >= clock_timestamp() - make_interval(days => $2), true)
               as "hasAllHolds",
             clock_timestamp() as "countedAt"
        from holds
       where product_id = $1`,
    values: [productId, retentionDays],
  })
  const [row] = rows
  if (row === undefined) throw new Error("a count without a group returned no row")
  return row
}

interface OrdersOfCurrency extends Revenue {
  readonly orders: number
  readonly units: number
  readonly paidUnits: number
}

async function countOrders(tx: Tx, productId: number): Promise<OrdersOfCurrency[]> {
  const { rows } = await tx.query<OrdersOfCurrency>({
    // A payment above its order's total gives the rest back, which was never revenue.
    text: `
      with sums as (
        select currency,
               count(*) as orders,
               sum(quantity) as units,
               count(paid_at) as paid_orders,
               sum(quantity) filter (where paid_at is not null) as paid_units,
               sum(total_minor) filter (where paid_at is not null) as gross
          from orders
         where product_id = $1
         group by currency
      ),
      taken as (
        select orders.currency,
               sum(greatest(0, refunded_minor - greatest(0, amount_minor - total_minor))) as refunded,
               sum(disputed_minor) as disputed
          from payments
          join orders
            on orders.id = payments.order_id
           and orders.product_id = payments.product_id
         where payments.product_id = $1
           and allocation = 'order'
           and (refunded_minor > 0 or disputed_minor > 0)
         group by orders.currency
      )
      select currency, orders, units,
             paid_orders as "paidOrders",
             coalesce(paid_units, 0) as "paidUnits",
             least(coalesce(gross, 0), ${LARGEST})::bigint as "grossMinor",
             least(coalesce(refunded, 0), ${LARGEST})::bigint as "refundedMinor",
             least(coalesce(disputed, 0), ${LARGEST})::bigint as "disputedMinor"
        from sums
        left join taken using (currency)
       order by currency`,
    values: [productId],
  })
  return rows
}
