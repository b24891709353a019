import type pg from "pg"
import type { Refund } from "../../domain/refund.ts"
import { refundColumns } from "../columns.ts"
import type { RefundKey } from "../reads/money-views.ts"

/** Which entries a worker takes from a queue of calls to providers. */
export interface LeaseRequest {
  readonly providers: readonly string[]
  readonly limit: number
  readonly leaseSeconds: number
}

/** A refund to send, with its idempotency key at the provider, which is the same in every attempt. */
export type TakenRefund = Refund & { readonly idempotencyKey: string }

/** The queue of refunds to send, shared by all workers. */
export interface RefundQueue {
  /**
   * Leases due refunds whose provider is one of `providers`. While the lease lasts, no other worker takes them; if this
   * worker dies, another one takes them afterwards. So the lease must be longer than the work.
   */
  take(request: LeaseRequest): Promise<TakenRefund[]>
  /** Records why an attempt failed, and postpones the next one. */
  noteError(key: RefundKey, error: string): Promise<void>
}

/** The pause between the first two attempts. Each further pause is twice as long as the one before, up to an hour. */
const FIRST_PAUSE_SECONDS = 5
const LONGEST_PAUSE_SECONDS = 3_600

/** Makes the queue over PostgreSQL. */
export function createRefundQueue(pool: pg.Pool): RefundQueue {
  return {
    async take({ providers, limit, leaseSeconds }) {
      const { rows } = await pool.query<TakenRefund>({
        name: "take-refunds",
        text: `
          with taken as materialized (
            select product_id, order_id, number
              from refunds
             where status = 'due'
               and not_before <= statement_timestamp()
               and provider = any($1::text[])
               and payment_id is not null
             order by not_before
             limit $2
               for update skip locked
          )
          update refunds
             set attempts = attempts + 1,
                 not_before = clock_timestamp() + make_interval(secs => $3),
                 -- The key contains the payment's id, because every database numbers its orders from 1. A refund
                 -- that the previous version of Doorbuster has sent keeps its old key.
                 idempotency_key = coalesce(
                   idempotency_key,
                   left(format(case when attempts = 0 then 'doorbuster-refund-%s-%s-%s'
                                    else 'doorbuster-refund-%s-%s' end,
                               refunds.order_id, refunds.number, payment_id), 255))
            from taken
           where refunds.product_id = taken.product_id
             and refunds.order_id = taken.order_id
             and refunds.number = taken.number
          returning idempotency_key as "idempotencyKey",
                    ${refundColumns.replaceAll(/\b(number|product_id|order_id)\b/g, "refunds.$1")}`,
        values: [providers, limit, leaseSeconds],
      })
      return rows
    },

    async noteError({ orderId, number }, error) {
      await pool.query({
        name: "note-refund-error",
        text: `
          update refunds
             set last_error = $3,
                 not_before = clock_timestamp() + make_interval(
                   secs => least($5::double precision, $4 * power(2, least(attempts - 1, 20))))
           where order_id = $1
             and number = $2
             and status = 'due'`,
        values: [orderId, number, error.slice(0, LONGEST_ERROR), FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS],
      })
    },
  }
}

const LONGEST_ERROR = 500
