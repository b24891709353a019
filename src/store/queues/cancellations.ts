import type pg from "pg"
import type { LeaseRequest } from "./refund-queue.ts"

/** A payment whose order has ended unpaid; the provider may still accept it. */
export interface UnwantedPayment {
  readonly orderId: number
  readonly holdId: number
  readonly productId: number
  readonly provider: string
  readonly paymentId: string
  /** How often the provider has been asked to cancel it, including this time. */
  readonly attempts: number
}

/** The queue of payments to cancel at their providers, shared by all workers. */
export interface Cancellations {
  /**
   * Leases payments of cancelled and expired orders whose provider is one of `providers`. While the lease lasts, no
   * other worker takes them; if this worker dies, another one takes them afterwards. So the lease must be longer than
   * the work.
   */
  take(request: LeaseRequest): Promise<UnwantedPayment[]>
  /** Postpones the next attempt after this one has failed. */
  postpone(payment: Pick<UnwantedPayment, "orderId" | "productId">): Promise<void>
  /** Records that the provider need not be asked again. */
  settle(payment: Pick<UnwantedPayment, "orderId" | "productId">): Promise<void>
}

/** The pause between the first two attempts; each further pause is twice as long as the one before. */
const FIRST_PAUSE_SECONDS = 5

/** Makes the queue over PostgreSQL. */
export function createCancellations(pool: pg.Pool): Cancellations {
  return {
    async take({ providers, limit, leaseSeconds }) {
      const { rows } = await pool.query<UnwantedPayment>({
        name: "take-unwanted-payments",
        text: `
          with taken as materialized (
            select id, product_id
              from orders
             where status in ('cancelled', 'expired')
               and attempt_payment_id is not null
               and not attempt_over
               and attempt_provider = any($1::text[])
               and attempt_cancel_after <= statement_timestamp()
             order by attempt_cancel_after
             limit $2
               for update skip locked
          )
          update orders
             set attempt_cancels = attempt_cancels + 1,
                 attempt_cancel_after = clock_timestamp() + make_interval(secs => $3)
            from taken
           where orders.id = taken.id
             and orders.product_id = taken.product_id
          returning orders.id as "orderId", orders.hold_id as "holdId", orders.product_id as "productId",
                    orders.attempt_provider as provider, orders.attempt_payment_id as "paymentId",
                    orders.attempt_cancels as attempts`,
        values: [providers, limit, leaseSeconds],
      })
      return rows
    },

    async postpone({ orderId, productId }) {
      await pool.query({
        name: "postpone-unwanted-payment",
        text: `
          update orders
             set attempt_cancel_after = clock_timestamp()
                   + make_interval(secs => $3 * power(2, least(attempt_cancels - 1, 20)))
           where id = $1
             and product_id = $2`,
        values: [orderId, productId, FIRST_PAUSE_SECONDS],
      })
    },

    async settle({ orderId, productId }) {
      await pool.query({
        name: "settle-unwanted-payment",
        text: `
          update orders
             set attempt_over = true
           where id = $1
             and product_id = $2`,
        values: [orderId, productId],
      })
    },
  }
}
