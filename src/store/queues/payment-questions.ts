import type pg from "pg"

/** An unpaid order near its deadline, and the payment that its buyer has started. */
export interface OpenPayment {
  readonly orderId: number
  readonly productId: number
  readonly provider: string
  readonly paymentId: string
}

/** The orders that one call takes. */
export interface OpenPayments {
  /** The providers of these have to be asked now, in this order: the earliest deadline first. */
  readonly taken: readonly OpenPayment[]
  /** These cannot be asked about before their deadlines, which therefore have to be moved. */
  readonly postponed: readonly Pick<OpenPayment, "orderId" | "productId">[]
}

/** How fast, and how long before a deadline, a provider is asked. */
export interface AskingPace {
  readonly provider: string
  /** How many questions the provider answers in a second. */
  readonly perSecond: number
  /** How long before an order's deadline its provider is asked; earlier if many deadlines are close together. */
  readonly aheadSeconds: number
  /** The longest time before a deadline at which a provider is asked. */
  readonly longestAheadSeconds: number
  /** The deadline of an order is moved if its turn to be asked about would not come so long before it. */
  readonly postponeSeconds: number
  /** How many orders one call takes; constant for a provider, because it is written into the prepared statement. */
  readonly limit: number
}

/** How many calls ahead the orders are counted, to know how early the first of them must be asked about. */
const MOST_RUNS = 100

/**
 * Takes the orders whose providers have to be asked now. Each deadline of an order is taken once, by one worker.
 *
 * Providers are asked in the order of the deadlines, so the n-th order waits n / perSecond seconds for its turn. As
 * soon as one order would be asked about too late, it is taken with all orders before it.
 */
export async function takeOpenPayments(pool: pg.Pool, pace: AskingPace): Promise<OpenPayments> {
  const { rows } = await pool.query<OpenPayment & { readonly isTaken: boolean }>({
    // The planner estimates a limit given as a parameter as a tenth of the table.
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
      urgent as (
        select max(expires_at) as until
          from near
         where left_seconds <= $3 + turn_seconds
      ),
      taken as materialized (
        select orders.id, orders.product_id
          from orders
          join (select near.id, near.product_id
                  from near, urgent
                 where near.expires_at <= urgent.until
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
