import type pg from "pg"
import type { Refund } from "../../domain/refund.ts"
import { refundColumns } from "../columns.ts"
import type { RefundKey } from "../reads/money-views.ts"

/** What a worker takes from a queue of calls to providers. */
export interface TakeWish {
  readonly providers: readonly string[]
  readonly limit: number
  readonly leaseSeconds: number
}

/** A refund that is to be sent, and the key under which its provider knows it, however often it is sent. */
export type TakenRefund = Refund & { readonly idempotencyKey: string }

/** Refunds that have to be sent, shared by all workers. */
export interface RefundQueue {
  /**
   * Takes refunds that are due and whose provider is one of `providers`, for `leaseSeconds`: a worker that
   * dies meanwhile delays them, and loses none. Each is with one worker at a time, as long as the lease is
   * longer than what the worker does with it.
   */
  take(wish: TakeWish): Promise<TakenRefund[]>
  /** Keeps why an attempt came to nothing, and puts the next one off. */
  noteError(key: RefundKey, error: string): Promise<void>
}

/** The second attempt comes five seconds after the first, each further one after twice as long, up to an hour. */
const FIRST_PAUSE_SECONDS = 5
const LONGEST_PAUSE_SECONDS = 3_600

/** The queue over PostgreSQL. */
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
                 -- Orders are numbered from 1 in every database, payments of an account are not. What a server
                 -- of the last version has sent keeps the key that it was sent under.
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
