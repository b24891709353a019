import type pg from "pg"
import type { Refund } from "../../domain/refund.ts"
import { refundColumns } from "../columns.ts"
import type { RefundPlace } from "../reads/money-views.ts"

/** Refunds that have to be sent, shared by all workers. */
export interface RefundQueue {
  /**
   * Takes refunds that are due and whose provider is one of `providers`, and puts their next attempt
   * off: a worker that dies meanwhile delays them, and loses none. Each is with one worker at a time.
   */
  take(providers: readonly string[], limit: number): Promise<Refund[]>
  /** Keeps why an attempt came to nothing. */
  noteError(place: RefundPlace, error: string): Promise<void>
}

/** The second attempt comes after five seconds, each further one after twice as long, up to an hour. */
const FIRST_PAUSE_SECONDS = 5
const LONGEST_PAUSE_SECONDS = 3_600

/** The queue over PostgreSQL. */
export function createRefundQueue(pool: pg.Pool): RefundQueue {
  return {
    async take(providers, limit) {
      const { rows } = await pool.query<Refund>({
        name: "take-refunds",
        text: `
          with taken as materialized (
            select product_id, order_id, number
              from refunds
             where status = 'due'
               and not_before <= clock_timestamp()
               and provider = any($1::text[])
               and payment_id is not null
             order by not_before
             limit $2
               for update skip locked
          )
          update refunds
             set attempts = attempts + 1,
                 not_before = clock_timestamp()
                   + make_interval(secs => least($4::double precision, $3 * power(2, least(attempts, 20))))
            from taken
           where refunds.product_id = taken.product_id
             and refunds.order_id = taken.order_id
             and refunds.number = taken.number
          returning ${refundColumns.replaceAll(/\b(number|product_id|order_id)\b/g, "refunds.$1")}`,
        values: [providers, limit, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS],
      })
      return rows
    },

    async noteError({ orderId, number }, error) {
      await pool.query({
        name: "note-refund-error",
        text: `
          update refunds
             set last_error = $3
           where order_id = $1
             and number = $2
             and status = 'due'`,
        values: [orderId, number, error.slice(0, LONGEST_ERROR)],
      })
    },
  }
}

const LONGEST_ERROR = 500
