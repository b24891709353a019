import type pg from "pg"
import type { Dispute } from "../../domain/dispute.ts"
import type { PaymentEventRecord } from "../../domain/payment.ts"
import type { Refund } from "../../domain/refund.ts"
import { disputeColumns, eventColumns, refundColumns } from "../columns.ts"

/** Names a refund. */
export interface RefundPlace {
  readonly orderId: number
  readonly number: number
}

/** Names a message of a provider, and the order it is about. */
export interface StrayPlace {
  readonly orderId: number
  readonly provider: string
  readonly key: string
}

/** Names a dispute, and the order whose payment it takes back. */
export interface DisputePlace {
  readonly orderId: number
  readonly provider: string
  readonly disputeId: string
}

/** A success in the inbox. */
export type StrayPayment = Extract<PaymentEventRecord, { readonly disputeId: null }>

/** A refund, and whether the buyer gets its money from his bank, so that it must not be sent. */
export interface OpenRefund extends Refund {
  readonly isCovered: boolean
}

/** What a refund is of. */
export type RefundOrigin = Pick<Refund, "productId" | "provider" | "paymentId">

/** Money that somebody may have to look after. Reads without a lock. */
export interface MoneyViews {
  /** Where a refund belongs, and the payment that it gives back; null: there is no such refund. */
  originOfRefund(place: RefundPlace): Promise<RefundOrigin | null>
  /** Refunds that are not confirmed, by order and number, from the first one after `after`. */
  openRefunds(after: RefundPlace | null, limit: number): Promise<OpenRefund[]>
  /** Successes that wait for their order, by its id, from the first one after `after`. */
  strayPayments(after: StrayPlace | null, limit: number): Promise<StrayPayment[]>
  /** Disputes that are open, by order, provider and name, from the first one after `after`. */
  openDisputes(after: DisputePlace | null, limit: number): Promise<Dispute[]>
  /** How many entries the money inbox has; of each kind {@link MOST_COUNTED} at most. */
  countOpen(): Promise<number>
  /** All refunds of an order, in their order. */
  refundsOf(orderId: number): Promise<Refund[]>
  /** All disputes of an order, the oldest first. */
  disputesOf(orderId: number): Promise<Dispute[]>
}

/** So many of a kind are too many to look at; to count on would cost more the worse it is. */
const MOST_COUNTED = 1_000

/** The views over PostgreSQL. */
export function createMoneyViews(pool: pg.Pool): MoneyViews {
  return {
    async originOfRefund({ orderId, number }) {
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
    },

    async openRefunds(after, limit) {
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
    },

    async strayPayments(after, limit) {
      const { rows } = await pool.query<StrayPayment>({
        name: "stray-payments",
        text: `
          select ${eventColumns}
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
    },

    async openDisputes(after, limit) {
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
    },

    async countOpen() {
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
                           limit ${MOST_COUNTED}) as disputed) as count`,
      })
      return rows[0]?.count ?? 0
    },

    async disputesOf(orderId) {
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
    },

    async refundsOf(orderId) {
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
    },
  }
}
