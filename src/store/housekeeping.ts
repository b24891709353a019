import type pg from "pg"
import { IDEMPOTENCY_SECONDS } from "./load.ts"

/** Rows removed at once: few enough to hold no lock for long. */
const CLEANUP_BATCH = 1_000

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

/** Removes idempotency keys past their time, one small batch; returns how many. */
export async function removeOldIdempotencyKeys(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query({
    name: "remove-old-idempotency-keys",
    text: `
      delete from idempotency_keys
       where (scope, key) in (
             select scope, key
               from idempotency_keys
              where created_at <= clock_timestamp() - make_interval(secs => $1)
              order by created_at
              limit $2
                for update skip locked)`,
    values: [IDEMPOTENCY_SECONDS, CLEANUP_BATCH],
  })
  return rowCount ?? 0
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
    truncate products, holds, orders, payment_events, payments, product_customers,
             stock_adjustments, idempotency_keys, outbox, claimed_order_ids`)
}
