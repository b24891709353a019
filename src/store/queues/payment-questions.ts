import type pg from "pg"

/** An unpaid order near its end, and the payment that its buyer has begun. */
export interface OpenPayment {
  readonly orderId: number
  readonly productId: number
  readonly provider: string
  readonly paymentId: string
}

/**
 * Takes orders that expire within `seconds` and whose provider is one of `providers`. Each deadline of
 * an order is taken once, by one worker.
 */
export async function takeOpenPayments(
  pool: pg.Pool,
  { providers, seconds, limit }: { providers: readonly string[]; seconds: number; limit: number },
): Promise<OpenPayment[]> {
  const { rows } = await pool.query<OpenPayment>({
    name: "take-open-payments",
    text: `
      with taken as materialized (
        select id, product_id
          from orders
         where status = 'pending_payment'
           and attempt_payment_id is not null
           and attempt_provider = any($1::text[])
           and expires_at > clock_timestamp()
           and expires_at <= clock_timestamp() + make_interval(secs => $2)
           and asked_for is distinct from expires_at
         order by expires_at
         limit $3
           for update skip locked
      )
      update orders
         set asked_for = orders.expires_at
        from taken
       where orders.id = taken.id
         and orders.product_id = taken.product_id
         and orders.status = 'pending_payment'
      returning orders.id as "orderId", orders.product_id as "productId",
                orders.attempt_provider as provider, orders.attempt_payment_id as "paymentId"`,
    values: [providers, seconds, limit],
  })
  return rows
}
