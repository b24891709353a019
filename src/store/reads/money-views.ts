import type pg from "pg"
import type { Dispute } from "../../domain/dispute.ts"
import type { Order } from "../../domain/order.ts"
import type { PaymentEventRecord } from "../../domain/payment.ts"
import type { Refund } from "../../domain/refund.ts"
import { disputeColumns, eventColumns, messageColumn, orderColumns, refundColumns } from "../columns.ts"

/** Identifies a refund. Open refunds are listed in the order of this key. */
export interface RefundKey {
  readonly orderId: number
  readonly number: number
}

/** The sort key of a stray payment: its order's id and the key of its event. */
export interface StrayPaymentKey {
  readonly orderId: number
  readonly provider: string
  readonly key: string
}

/** The sort key of an open dispute: its order's id and the dispute's id at its provider. */
export interface DisputeKey {
  readonly orderId: number
  readonly provider: string
  readonly disputeId: string
}

/** The text of an event's message, where it says more than the event; cut if it is long. */
export interface KeptMessage {
  readonly message: string | null
}

/** A recorded event that is about a payment, not about a dispute. */
export type StrayPayment = Extract<PaymentEventRecord, { readonly disputeId: null }> & KeptMessage

/** A refund, and whether a dispute already returns its money to the buyer, so that it must not be sent. */
export interface OpenRefund extends Refund {
  readonly isCovered: boolean
}

/** The product and the payment that a refund belongs to. */
export type RefundOrigin = Pick<Refund, "productId" | "provider" | "paymentId">

/** Refunds, stray payments and disputes that may need an operator. Reads without a lock. */
export interface MoneyViews {
  /** Finds a refund's product and payment; null if there is no such refund. */
  originOfRefund(key: RefundKey): Promise<RefundOrigin | null>
  /** Lists refunds that are not confirmed, by order and number, from the first one after `after`. */
  openRefunds(after: RefundKey | null, limit: number): Promise<OpenRefund[]>
  /** Lists successes parked for their order, by order, provider and key, from the first one after `after`. */
  strayPayments(after: StrayPaymentKey | null, limit: number): Promise<StrayPayment[]>
  /** Lists open disputes, by order, provider and the provider's id, from the first one after `after`. */
  openDisputes(after: DisputeKey | null, limit: number): Promise<Dispute[]>
  /** Lists paid orders that lack details which their product required, by id, from the first one after `afterId`. */
  ordersLackingDetails(afterId: number, limit: number): Promise<Order[]>
  /** Counts the entries of the money inbox, at most {@link MOST_COUNTED} of each kind. */
  countOpen(): Promise<number>
  /** Lists all refunds of an order, by number. */
  refundsOf(orderId: number): Promise<Refund[]>
  /** Lists all disputes of an order, oldest first. */
  disputesOf(orderId: number): Promise<Dispute[]>
}

/** Counting stops here: an operator cannot review more, and the cost of counting would grow with the backlog. */
const MOST_COUNTED = 1_000

/** Makes the views over PostgreSQL. */
export function createMoneyViews(pool: pg.Pool): MoneyViews {
  return {
    originOfRefund: (key) => originOfRefund(pool, key),
    openRefunds: (after, limit) => openRefunds(pool, after, limit),
    strayPayments: (after, limit) => strayPayments(pool, after, limit),
    openDisputes: (after, limit) => openDisputes(pool, after, limit),
    ordersLackingDetails: (afterId, limit) => ordersLackingDetails(pool, afterId, limit),
    countOpen: () => countOpen(pool),
    refundsOf: (orderId) => refundsOf(pool, orderId),
    disputesOf: (orderId) => disputesOf(pool, orderId),
  }
}

async function originOfRefund(pool: pg.Pool, { orderId, number }: RefundKey): Promise<RefundOrigin | null> {
  const { rows } = await pool.query<RefundOrigin>({
    name: "origin-of-refund",
    text: `
      select product_id as "productId", provider, payment_id as "paymentId"
        from refunds
       where order_id = $1
         and number = $2`,
    values: [orderId, number],
  })
  return rows[0] ?? null
}

async function openRefunds(pool: pg.Pool, after: RefundKey | null, limit: number): Promise<OpenRefund[]> {
  const { rows } = await pool.query<OpenRefund>({
    name: "open-refunds",
    text: `
      select ${refundColumns},
             covering.one is not null as "isCovered"
        from refunds
        left join lateral (
             select true as one
               from disputes
              where disputes.provider = refunds.provider
                and disputes.event_key = refunds.event_key
                and disputes.status <> 'won'
                and disputes.amount_minor > disputes.held_minor
              limit 1) as covering on true
       where status <> 'confirmed'
         and (order_id, number) > ($1, $2)
       order by order_id, number
       limit $3`,
    values: [after?.orderId ?? 0, after?.number ?? 0, limit],
  })
  return rows
}

async function strayPayments(
  pool: pg.Pool,
  after: StrayPaymentKey | null,
  limit: number,
): Promise<StrayPayment[]> {
  const { rows } = await pool.query<StrayPayment>({
    name: "stray-payments",
    text: `
      select ${eventColumns}, ${messageColumn}
        from payment_events
       where outcome = 'parked'
         and kind = 'succeeded'
         and returned_at is null
         and (order_id, provider, key) > ($1, $2, $3)
       order by order_id, provider, key
       limit $4`,
    values: [after?.orderId ?? 0, after?.provider ?? "", after?.key ?? "", limit],
  })
  return rows
}

async function openDisputes(pool: pg.Pool, after: DisputeKey | null, limit: number): Promise<Dispute[]> {
  const { rows } = await pool.query<Dispute>({
    name: "open-disputes",
    text: `
      select ${disputeColumns}
        from disputes
       where status = 'open'
         and (order_id, provider, dispute_id) > ($1, $2, $3)
       order by order_id, provider, dispute_id
       limit $4`,
    values: [after?.orderId ?? 0, after?.provider ?? "", after?.disputeId ?? "", limit],
  })
  return rows
}

async function ordersLackingDetails(pool: pg.Pool, afterId: number, limit: number): Promise<Order[]> {
  const { rows } = await pool.query<Order>({
    name: "orders-lacking-details",
    text: `
      select ${orderColumns}
        from orders
       where id = any(array(
             select order_id
               from order_details
              where awaited
                and order_id > $1
              order by order_id
              limit $2))
       order by id`,
    values: [afterId, limit],
  })
  return rows
}

async function countOpen(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>({
    name: "count-money-inbox",
    text: `
      select (select count(*)
                from (select 1
                        from payment_events
                       where outcome = 'parked'
                         and kind = 'succeeded'
                         and returned_at is null
                       limit ${MOST_COUNTED}) as strays)
           + (select count(*)
                from (select 1
                        from refunds
                       where status <> 'confirmed'
                       limit ${MOST_COUNTED}) as owed)
           + (select count(*)
                from (select 1
                        from disputes
                       where status = 'open'
                       limit ${MOST_COUNTED}) as disputed)
           + (select count(*)
                from (select 1
                        from order_details
                       where awaited
                       limit ${MOST_COUNTED}) as lacking) as count`,
  })
  return rows[0]?.count ?? 0
}

async function disputesOf(pool: pg.Pool, orderId: number): Promise<Dispute[]> {
  const { rows } = await pool.query<Dispute>({
    name: "disputes-of-order",
    text: `
      select ${disputeColumns}
        from disputes
       where order_id = $1
       order by created_at, provider, dispute_id`,
    values: [orderId],
  })
  return rows
}

async function refundsOf(pool: pg.Pool, orderId: number): Promise<Refund[]> {
  const { rows } = await pool.query<Refund>({
    name: "refunds-of-order",
    text: `
      select ${refundColumns}
        from refunds
       where order_id = $1
       order by number`,
    values: [orderId],
  })
  return rows
}
