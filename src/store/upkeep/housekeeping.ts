import type pg from "pg"
import { isoTimeOrNull, type Instant } from "../../domain/time.ts"
import { IDEMPOTENCY_SECONDS } from "../batch/load.ts"

/** Rows removed at once: few enough to hold no lock for long. */
const CHUNK_ROWS = 1_000

/** A product with something due, and how long ago the first of it fell due. */
export interface DueProduct {
  readonly productId: number
  readonly lagSeconds: number
}

/** Products that have holds or unpaid orders whose time is over. */
export async function dueProducts(pool: pg.Pool, limit: number): Promise<DueProduct[]> {
  const { rows } = await pool.query<DueProduct>({
    name: "due-products",
    text: `
      select p.id as "productId",
             extract(epoch from clock_timestamp() - due.first)::float8 as "lagSeconds"
        from products p
       cross join lateral (
             select least(
               (select min(h.expires_at)
                  from holds h
                 where h.product_id = p.id
                   and h.status = 'active'),
               (select min(o.expires_at)
                  from orders o
                 where o.product_id = p.id
                   and o.status = 'pending_payment')) as first) as due
       where p.held > 0
         and due.first <= clock_timestamp()
       order by due.first
       limit $1`,
    values: [limit],
  })
  return rows
}

/** What one small batch has removed. */
export interface RemovedKeys {
  readonly removed: number
  /** When the youngest of them was made; null: there was none. */
  readonly last: Instant | null
  /** Whether the batch was full, so that there may be more. */
  readonly isFull: boolean
}

/**
 * Removes the oldest idempotency keys past their time, one small batch, none made before `since`.
 *
 * Where another session keeps an old snapshot open, the index still has the entries of all that was
 * removed before, and without `since` every batch would walk past them.
 */
export async function removeOldIdempotencyKeys(pool: pg.Pool, since: Instant | null): Promise<RemovedKeys> {
  const { rows } = await pool.query<Omit<RemovedKeys, "isFull">>({
    name: "remove-old-idempotency-keys",
    // The number of rows is written out: the planner takes a parameter for a tenth of the table.
    text: `
      with past as materialized (
        select scope, key
          from idempotency_keys
         where created_at <= clock_timestamp() - make_interval(secs => $1)
           and created_at >= coalesce($2, '-infinity'::timestamptz)
         order by created_at
         limit ${CHUNK_ROWS}
           for update skip locked
      ),
      removed as (
        delete from idempotency_keys
         using past
         where idempotency_keys.scope = past.scope
           and idempotency_keys.key = past.key
        returning idempotency_keys.created_at
      )
      select count(*) as removed, max(created_at) as last
        from removed`,
    values: [IDEMPOTENCY_SECONDS, isoTimeOrNull(since)],
  })
  const [{ removed, last } = { removed: 0, last: null }] = rows
  return { removed, last, isFull: removed === CHUNK_ROWS }
}

/** How many orders and payments there are. */
export async function countSales(pool: pg.Pool): Promise<{ orders: number; payments: number }> {
  const { rows } = await pool.query<{ orders: number; payments: number }>(`
    select (select count(*) from orders) as orders,
           (select count(*) from payments) as payments`)
  return rows[0] ?? { orders: 0, payments: 0 }
}

/**
 * Removes every product and all that belongs to them. Ids go on from where they are: a server that
 * runs meanwhile has blocks of them in hand.
 */
export async function emptyDatabase(pool: pg.Pool): Promise<void> {
  await pool.query(`
    truncate products, holds, orders, payment_events, payments, refunds, disputes,
             product_customers, stock_adjustments, idempotency_keys, outbox, webhook_deliveries, claimed_order_ids`)
}
