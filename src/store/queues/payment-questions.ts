import type pg from "pg"

/** An unpaid order near its end, and the payment that its buyer has begun. */
export interface OpenPayment {
  readonly orderId: number
  readonly productId: number
  readonly provider: string
  readonly paymentId: string
}

/** What a worker takes at once. */
export interface OpenPayments {
  /** To be asked about now, soonest end first. */
  readonly taken: readonly OpenPayment[]
  /** Of these nobody can be asked before they end: they need more time. */
  readonly postponed: readonly Pick<OpenPayment, "orderId" | "productId">[]
}

/** How a provider can be asked. */
export interface AskingPace {
  readonly provider: string
  /** As many questions as are answered in a second. */
  readonly perSecond: number
  /** An order's provider is asked so long before its end; earlier where many orders end together. */
  readonly aheadSeconds: number
  /** Never earlier than this. */
  readonly longestAheadSeconds: number
  /** An order that will not have been asked about so long before its end is postponed. */
  readonly postponeSeconds: number
  /** Orders taken at once; the same each time, because it is written into the statement. */
  readonly limit: number
}

/** Orders of so many runs are counted to tell how early the first of them has to be asked about. */
const MOST_RUNS = 100

/**
 * Takes orders whose payments have to be asked about now. Each deadline of an order is taken once, by one
 * worker.
 *
 * Orders are asked about in the order of their deadlines, so the n-th waits n / perSecond seconds for its
 * turn: as soon as one of them would be late otherwise, all before it are taken.
 */
export async function takeOpenPayments(pool: pg.Pool, pace: AskingPace): Promise<OpenPayments> {
  const { rows } = await pool.query<OpenPayment & { readonly isTaken: boolean }>({
    // The planner takes a limit that it does not know for a tenth of the table.
    name: `take-open-payments-${pace.limit}`,
    text: `
      with near as materialized (
        select id, product_id, expires_at, awaited,
               row_number() over (order by expires_at) / $2::double precision as turn_seconds,
               extract(epoch from expires_at - clock_timestamp()) as left_seconds
          from orders
         where status = 'pending_payment'
           and attempt_payment_id is not null
           and attempt_provider = $1
           and expires_at > statement_timestamp()
           and expires_at <= statement_timestamp() + make_interval(secs => $4)
           and asked_for is distinct from expires_at
         order by expires_at
         limit ${pace.limit * MOST_RUNS}
      ),
      pressed as (
        select max(expires_at) as until
          from near
         where left_seconds <= $3 + turn_seconds
      ),
      taken as materialized (
        select orders.id, orders.product_id
          from orders
          join (select near.id, near.product_id
                  from near, pressed
                 where near.expires_at <= pressed.until
                 order by near.expires_at
                 limit ${pace.limit}) as next
            on next.id = orders.id
           and next.product_id = orders.product_id
         where orders.asked_for is distinct from orders.expires_at
           for update of orders skip locked
      ),
      asked as (
        update orders
           set asked_for = orders.expires_at
          from taken
         where orders.id = taken.id
           and orders.product_id = taken.product_id
        returning orders.id as "orderId", orders.product_id as "productId",
                  orders.attempt_provider as provider, orders.attempt_payment_id as "paymentId"
      )
      select "orderId", "productId", provider, "paymentId", true as "isTaken"
        from asked
      union all
      select near.id, near.product_id, $1, '', false
        from near
       where near.left_seconds <= $5
         and near.turn_seconds > near.left_seconds
         and not near.awaited
         and (near.id, near.product_id) not in (select id, product_id from taken)`,
    values: [
      pace.provider,
      pace.perSecond,
      pace.aheadSeconds,
      pace.longestAheadSeconds,
      pace.postponeSeconds,
    ],
  })
  return { taken: rows.filter(({ isTaken }) => isTaken), postponed: rows.filter(({ isTaken }) => !isTaken) }
}
