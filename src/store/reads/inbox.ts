import type pg from "pg"
import type { PaymentEventRecord, ProviderEvent } from "../../domain/payment.ts"
import { eventColumns, messageColumn } from "../columns.ts"
import type { StrayPayment } from "./money-views.ts"
import { transaction } from "../tx.ts"

/** The part of the payment inbox that belongs to no product yet. */
export interface Inbox {
  /** Finds a recorded event. When this returns, the event is on the synchronous standbys, if there are any. */
  find(provider: string, key: string): Promise<PaymentEventRecord | null>
  /** Records an event until its order or payment exists. Returns null if an event with this key is recorded already. */
  park(event: ProviderEvent): Promise<PaymentEventRecord | null>
  /**
   * Keeps the text of an event's message, which says more than the event. The first text of an event stays; without the
   * event nothing is kept.
   */
  keepMessage(event: ProviderEvent, message: string): Promise<void>
  /**
   * Marks a parked success as refunded by hand, so that it is never applied to an order. Returns null if
   * there is no such event, it is not a success, or it has been applied.
   */
  markReturned(provider: string, key: string): Promise<StrayPayment | null>
  /** Lists parked events of the last hour whose order, or a dispute's payment, now exists, oldest first. */
  parkedWithOrder(limit: number): Promise<PaymentEventRecord[]>
}

/**
 * A new order applies the events parked for it, and a new payment the disputes parked for it. An event can be
 * missed only while both are being written, so older events need not be compared again.
 */
const OVERTAKEN_SECONDS = 3_600

/** Makes the inbox over PostgreSQL. */
export function createInbox(pool: pg.Pool): Inbox {
  return {
    find: (provider, key) => findEvent(pool, provider, key),
    park: (event) => parkEvent(pool, event),
    keepMessage: (event, message) => keepMessage(pool, event, message),
    markReturned: (provider, key) => markReturned(pool, provider, key),
    parkedWithOrder: (limit) => parkedWithOrder(pool, limit),
  }
}

async function findEvent(pool: pg.Pool, provider: string, key: string): Promise<PaymentEventRecord | null> {
  // The reply promises the provider that the event is stored. A row lock is a write, so its COMMIT waits for the
  // synchronous standbys.
  return transaction(pool, async (tx) => {
    const { rows } = await tx.query<PaymentEventRecord>({
      name: "find-event",
      text: `
        select ${eventColumns}
          from payment_events
         where provider = $1
           and key = $2
           for update`,
      values: [provider, key],
    })
    return rows[0] ?? null
  })
}

async function parkEvent(pool: pg.Pool, event: ProviderEvent): Promise<PaymentEventRecord | null> {
  const { rows } = await transaction(pool, (tx) =>
    tx.query<PaymentEventRecord>({
      name: "park-event",
      text: `
      insert into payment_events (
        provider, key, fingerprint, kind, order_id, payment_id, amount_minor, currency,
        hold_id, product_id, quantity, dispute_id, outcome, received_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'parked', clock_timestamp())
      on conflict (provider, key) do nothing
      returning ${eventColumns}`,
      values: [
        event.provider,
        event.key,
        event.fingerprint,
        event.kind,
        event.orderId,
        event.paymentId,
        event.amountMinor,
        event.currency,
        event.holdId,
        event.productId,
        event.quantity,
        event.disputeId,
      ],
    }),
  )
  return rows[0] ?? null
}

async function keepMessage(pool: pg.Pool, { provider, key }: ProviderEvent, message: string): Promise<void> {
  await pool.query({
    name: "keep-message",
    // The lock lets the worker remove the event only together with this message.
    text: `
      insert into payment_messages (provider, key, message, received_at)
      select provider, key, $3, clock_timestamp()
        from payment_events
       where provider = $1
         and key = $2
         for key share
      on conflict (provider, key) do nothing`,
    values: [provider, key, message],
  })
}

async function markReturned(pool: pg.Pool, provider: string, key: string): Promise<StrayPayment | null> {
  const { rows } = await pool.query<StrayPayment>({
    name: "mark-returned",
    text: `
      update payment_events
         set returned_at = coalesce(returned_at, clock_timestamp())
       where provider = $1
         and key = $2
         and outcome = 'parked'
         and kind = 'succeeded'
      returning ${eventColumns}, ${messageColumn}`,
    values: [provider, key],
  })
  return rows[0] ?? null
}

async function parkedWithOrder(pool: pg.Pool, limit: number): Promise<PaymentEventRecord[]> {
  const { rows } = await pool.query<PaymentEventRecord>({
    name: "parked-with-order",
    // Limits keep the planner from reading all orders and payments at once to compare with.
    text: `
      select e.*
        from (select ${eventColumns}
                from payment_events
               where outcome = 'parked'
                 and returned_at is null
                 and received_at > statement_timestamp() - make_interval(secs => $2)) as e
       cross join lateral (
             (select o.id
                from orders o
               where o.id = e."orderId"
                 and (e."holdId" is null or e."holdId" = o.hold_id)
               limit 1)
             union all
             (select p.order_id
                from payments p
               where p.provider = e.provider
                 and p.payment_id = e."paymentId"
                 and e."disputeId" is not null
               limit 1)
             limit 1) as target
       order by e."receivedAt"
       limit $1`,
    values: [limit, OVERTAKEN_SECONDS],
  })
  return rows
}
