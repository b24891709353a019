import type pg from "pg"
import type { PaymentEventRecord } from "../domain/payment.ts"
import type { Refund } from "../domain/refund.ts"
import { eventColumns, refundColumns } from "./columns.ts"

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

/** Money that somebody may have to look after. Reads without a lock. */
export interface MoneyViews {
  /** Where a refund belongs; null: there is no such refund. */
  productOfRefund(place: RefundPlace): Promise<number | null>
  /** Refunds that are not confirmed, by order and number, from the first one after `after`. */
  openRefunds(after: RefundPlace | null, limit: number): Promise<Refund[]>
  /** Successes that wait for their order, by its id, from the first one after `after`. */
  strayPayments(after: StrayPlace | null, limit: number): Promise<PaymentEventRecord[]>
  /** All refunds of an order, in their order. */
  refundsOf(orderId: number): Promise<Refund[]>
}

/** The views over PostgreSQL. */
export function createMoneyViews(pool: pg.Pool): MoneyViews {
  return {
    async productOfRefund({ orderId, number }) {
      const { rows } = await pool.query<{ productId: number }>({
        name: "product-of-refund",
        text: `
          select product_id as "productId"
            from refunds
           where order_id = $1
             and number = $2`,
        values: [orderId, number],
      })
      return rows[0]?.productId ?? null
    },

    async openRefunds(after, limit) {
      const { rows } = await pool.query<Refund>({
        name: "open-refunds",
        text: `
          select ${refundColumns}
            from refunds
           where status <> 'confirmed'
             and (order_id, number) > ($1, $2)
           order by order_id, number
           limit $3`,
        values: [after?.orderId ?? 0, after?.number ?? 0, limit],
      })
      return rows
    },

    async strayPayments(after, limit) {
      const { rows } = await pool.query<PaymentEventRecord>({
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
