import type pg from "pg"
import type { PaymentEventKey } from "../../domain/payment.ts"
import { transactionByIndex } from "../tx.ts"
import { erasedDetails, forgetMailErrors } from "../columns.ts"

/** Rows that one statement reads: they take a few milliseconds and few locks. */
export const CHUNK_ROWS = 1_000

/** The result of one statement of a pass. */
export interface Chunk<Key> {
  /** The key of the last row that was read, after which the next chunk begins; null: there are no more rows. */
  readonly last: Key | null
  readonly removed: number
}

/** The result for a chunk of holds, which are read by id. */
export interface HoldChunk extends Chunk<number> {
  /** The first hold of the chunk that may have to be removed later; null: there is none. */
  readonly firstWaiting: number | null
  /** True if all holds of the chunk were created too recently to be removed. */
  readonly isYoung: boolean
}

/**
 * Reads the next chunk of holds after the id `after`, and removes those that ended as expired or released more than
 * `days` ago. Active holds stay, and converted holds stay with their orders (I3).
 *
 * Reads in the order of the primary key, so that it needs no index of its own. Locks only the rows that it removes, and
 * skips rows that another process is removing.
 */
export async function removeEndedHolds(pool: pg.Pool, after: number, days: number): Promise<HoldChunk> {
  const { rows } = await pool.query<HoldChunk>({
    name: "remove-ended-holds",
    // The limit is written out, because the planner estimates a parameter as a tenth of the table.
    text: `
      with horizon as materialized (
        select clock_timestamp() - make_interval(days => $2::integer) as at
      ),
      chunk as materialized (
        select id, product_id, status, created_at, ended_at
          from holds
         where id > $1
         order by id
         limit ${CHUNK_ROWS}
      ),
      past as materialized (
        select holds.id, holds.product_id
          from chunk
          join holds
            on holds.id = chunk.id
           and holds.product_id = chunk.product_id
         where chunk.status in ('expired', 'released')
           and chunk.ended_at < (select at from horizon)
           for update of holds skip locked
      ),
      removed as (
        delete from holds
         using past
         where holds.id = past.id
           and holds.product_id = past.product_id
           and holds.status in ('expired', 'released')
        returning holds.id
      )
      select max(id) as last,
             (select count(*) from removed) as removed,
             min(id) filter (
               where status = 'active'
                  or status <> 'converted' and ended_at >= (select at from horizon)) as "firstWaiting",
             coalesce(bool_and(created_at >= (select at from horizon)), true) as "isYoung"
        from chunk`,
    values: [after, days],
  })
  return only(rows)
}

/** Sorts before every event. */
export const beforeAllEvents: PaymentEventKey = { provider: "", key: "" }

/**
 * Reads the next chunk of events after `after`, and removes those of kind failed or cancelled that were applied more
 * than `days` ago and left no payment, with the messages that are kept of them. Events about money stay for ever, because their keys prevent a second effect
 * (I4), and so do parked events.
 *
 * If a removed event arrives again, it has no effect, because its order has ended.
 */
export async function removeOldEvents(
  pool: pg.Pool,
  after: PaymentEventKey,
  days: number,
): Promise<Chunk<PaymentEventKey>> {
  const { rows } = await pool.query<{ provider: string | null; key: string | null; removed: number }>({
    name: "remove-old-events",
    text: `
      with chunk as materialized (
        select provider, key, kind, applied_at
          from payment_events
         where (provider, key) > ($1, $2)
         order by provider, key
         limit ${CHUNK_ROWS}
      ),
      past as materialized (
        select payment_events.provider, payment_events.key
          from chunk
          join payment_events
            on payment_events.provider = chunk.provider
           and payment_events.key = chunk.key
         where chunk.kind in ('failed', 'cancelled')
           and chunk.applied_at < clock_timestamp() - make_interval(days => $3::integer)
           and not exists (
               select
                 from payments
                where payments.provider = chunk.provider
                  and payments.event_key = chunk.key)
           for update of payment_events skip locked
      ),
      removed as (
        delete from payment_events
         using past
         where payment_events.provider = past.provider
           and payment_events.key = past.key
        returning payment_events.provider, payment_events.key
      ),
      messages as (
        delete from payment_messages
         using removed
         where payment_messages.provider = removed.provider
           and payment_messages.key = removed.key
      )
      select last.provider, last.key, (select count(*) from removed) as removed
        from (values (1)) as always
        left join lateral (
             select provider, key
               from chunk
              order by provider desc, key desc
              limit 1) as last on true`,
    values: [after.provider, after.key, days],
  })
  const { provider, key, removed } = only(rows)
  return { last: provider === null || key === null ? null : { provider, key }, removed }
}

/**
 * Removes a chunk of the oldest outgoing events that happened more than `days` ago, with their deliveries, also those
 * that were never sent. Returns the number of events.
 */
export async function removeOldOutgoing(pool: pg.Pool, days: number): Promise<number> {
  return transactionByIndex(pool, async (tx) => {
    const { rows } = await tx.query<{ removed: number }>({
      name: "remove-old-outgoing",
      // The index can be searched for statement_timestamp(), which is constant within a statement.
      text: `
        with past as materialized (
          select id, product_id
            from outbox
           where created_at < statement_timestamp() - make_interval(days => $1::integer)
             and addressed_at is not null
           order by created_at, id
           limit ${CHUNK_ROWS}
             for update skip locked
        ),
        deliveries as (
          delete from webhook_deliveries
           where event_id = any(array(select id from past))
             and product_id = any(array(select product_id from past))
        ),
        removed as (
          delete from outbox
           using past
           where outbox.id = past.id
             and outbox.product_id = past.product_id
          returning outbox.id
        )
        select count(*) as removed
          from removed`,
      values: [days],
    })
    return only(rows).removed
  })
}

/** Identifies the details of an order. */
export interface DetailsKey {
  readonly productId: number
  readonly orderId: number
}

/** Sorts before all details. */
export const beforeAllDetails: DetailsKey = { productId: 0, orderId: 0 }

/**
 * Reads the next chunk of buyers' details after `after`, and erases those whose sale ended more than `days` ago or, where
 * the sale has no end, whose order last changed more than `days` ago. A sale that was ended by a time long past does not
 * take the details of a new order along. The empty rows stay, as after every erasure.
 */
export async function eraseOldDetails(
  pool: pg.Pool,
  after: DetailsKey,
  days: number,
): Promise<Chunk<DetailsKey>> {
  const { rows } = await pool.query<{ productId: number | null; orderId: number | null; removed: number }>({
    name: "erase-old-details",
    text: `
      with chunk as materialized (
        select product_id, order_id, erased_at, updated_at
          from order_details
         where (product_id, order_id) > ($1, $2)
         order by product_id, order_id
         limit ${CHUNK_ROWS}
      ),
      past as materialized (
        select order_details.product_id, order_details.order_id
          from chunk
          join order_details
            on order_details.product_id = chunk.product_id
           and order_details.order_id = chunk.order_id
          join products
            on products.id = chunk.product_id
          join orders
            on orders.id = chunk.order_id
           and orders.product_id = chunk.product_id
         where chunk.erased_at is null
           and case
                 when products.closes_at is null then greatest(orders.updated_at, chunk.updated_at)
                 else greatest(products.closes_at, orders.created_at)
               end < clock_timestamp() - make_interval(days => $3::integer)
           for update of order_details skip locked
      ),
      erased as (
        update order_details
           set ${erasedDetails}
          from past
         where order_details.product_id = past.product_id
           and order_details.order_id = past.order_id
        returning order_details.product_id, order_details.order_id
      ),
      forgotten as (${forgetMailErrors}
      )
      select last.product_id as "productId", last.order_id as "orderId", (select count(*) from erased) as removed
        from (values (1)) as always
        left join lateral (
             select product_id, order_id
               from chunk
              order by product_id desc, order_id desc
              limit 1) as last on true`,
    values: [after.productId, after.orderId, days],
  })
  const { productId, orderId, removed } = only(rows)
  return { last: productId === null || orderId === null ? null : { productId, orderId }, removed }
}

/**
 * Removes a chunk of the oldest mails that were caused more than `days` ago and are not due any more. Returns their
 * number.
 */
export async function removeOldMails(pool: pg.Pool, days: number): Promise<number> {
  return transactionByIndex(pool, async (tx) => {
    const { rowCount } = await tx.query({
      name: "remove-old-mails",
      text: `
        with past as materialized (
          select id, product_id
            from mails
           where created_at < statement_timestamp() - make_interval(days => $1::integer)
             and status <> 'due'
           order by created_at, id
           limit ${CHUNK_ROWS}
             for update skip locked
        )
        delete from mails
         using past
         where mails.id = past.id
           and mails.product_id = past.product_id`,
      values: [days],
    })
    return rowCount ?? 0
  })
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  if (row === undefined) throw new Error("the database returned no row for the removed rows")
  return row
}
