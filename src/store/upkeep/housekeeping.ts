import type pg from "pg"
import { isoTimeOrNull, type Instant } from "../../domain/time.ts"
import { IDEMPOTENCY_SECONDS } from "../batch/load.ts"

/** Rows that one statement removes: few enough to hold no lock for long. */
const CHUNK_ROWS = 1_000

/** A product with due holds or orders. `lagSeconds`: how long the first of them has been due. */
export interface DueProduct {
  readonly productId: number
  readonly lagSeconds: number
}

/** Lists products with due holds or orders, the longest due first. */
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

/** The result of removing one chunk of idempotency keys. */
export interface RemovedKeys {
  readonly removed: number
  /** When the newest removed key was created; null if none was removed. */
  readonly last: Instant | null
  /** True if the chunk was full, so that more old keys may be left. */
  readonly isFull: boolean
}

/**
 * Removes one chunk of the oldest expired idempotency keys that were created at `since` or later.
 *
 * While another session keeps an old snapshot open, the index still has the entries of all removed keys, and without
 * `since` every chunk would scan them again.
 */
export async function removeOldIdempotencyKeys(pool: pg.Pool, since: Instant | null): Promise<RemovedKeys> {
  const { rows } = await pool.query<Omit<RemovedKeys, "isFull">>({
    name: "remove-old-idempotency-keys",
    // The limit is written out, because the planner takes LIMIT $n to be a tenth of the rows.
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

/** Counts all orders and payments. */
export async function countSales(pool: pg.Pool): Promise<{ orders: number; payments: number }> {
  const { rows } = await pool.query<{ orders: number; payments: number }>(`
    select (select count(*) from orders) as orders,
           (select count(*) from payments) as payments`)
  return rows[0] ?? { orders: 0, payments: 0 }
}

/**
 * Removes all products with everything that belongs to them. The next ids are not reset, because a running server has
 * blocks of ids in memory.
 */
export async function emptyDatabase(pool: pg.Pool): Promise<void> {
  await pool.query(`
    truncate products, product_contents, variants, holds, orders, order_details, mails, payment_events,
             payment_messages, payments, refunds, disputes, product_customers, claims,
             access_codes, unpaid_holds, stock_adjustments,
             idempotency_keys, outbox, webhook_deliveries, claimed_order_ids`)
}
