import type pg from "pg"
import { erasedDetails, forgetMailErrors, sameEmail } from "../columns.ts"

/** Whose details are erased: one of both. */
export type Erased = { readonly email: string } | { readonly customerId: string }

/** Erases what buyers have told about their orders. The orders, and everything that counts units or money, stay. */
export interface Erasure {
  /** Erases the details of all orders of a person; returns of how many orders there were any. */
  erase(who: Erased): Promise<number>
}

/** Rows that one statement changes, or of which it reads the customer: few enough to hold no lock for long. */
const ERASED_AT_ONCE = 1_000
const READ_AT_ONCE = 5_000

/** Makes the erasure over PostgreSQL. */
export function createErasure(pool: pg.Pool): Erasure {
  return {
    erase: (who) => ("email" in who ? eraseByEmail(pool, who.email) : eraseByCustomer(pool, who.customerId)),
  }
}

async function eraseByEmail(pool: pg.Pool, email: string): Promise<number> {
  let erased = 0
  for (;;) {
    const { rows } = await pool.query<{ erased: number }>({
      name: "erase-details-by-email",
      text: `
        with erased as (
          update order_details
             set ${erasedDetails}
           where (product_id, order_id) in (
                 select product_id, order_id
                   from order_details
                  where ${sameEmail("email")} = ${sameEmail("$1::text")}
                  limit ${ERASED_AT_ONCE}
                    for update)
          returning product_id, order_id
        ),
        forgotten as (${forgetMailErrors}
        )
        select count(*) as erased
          from erased`,
      values: [email],
    })
    const [chunk = { erased: 0 }] = rows
    if (chunk.erased === 0) return erased
    erased += chunk.erased
  }
}

interface Read {
  readonly lastProduct: number | null
  readonly lastOrder: number | null
  readonly erased: number
}

/** Reads all details: orders have no index by customer, because buying would have to write it. */
async function eraseByCustomer(pool: pg.Pool, customerId: string): Promise<number> {
  let erased = 0
  for (let [product, order]: readonly [number, number] = [0, 0]; ;) {
    const { rows } = await pool.query<Read>({
      name: "erase-details-by-customer",
      text: `
        with chunk as materialized (
          select product_id, order_id
            from order_details
           where (product_id, order_id) > ($1, $2)
           order by product_id, order_id
           limit ${READ_AT_ONCE}
        ),
        named as materialized (
          select chunk.product_id, chunk.order_id
            from chunk
            join orders
              on orders.id = chunk.order_id
             and orders.product_id = chunk.product_id
           where orders.customer_id = $3
        ),
        erased as (
          update order_details
             set ${erasedDetails}
            from named
           where order_details.product_id = named.product_id
             and order_details.order_id = named.order_id
             and order_details.erased_at is null
          returning order_details.product_id, order_details.order_id
        ),
        forgotten as (${forgetMailErrors}
        )
        select last.product_id as "lastProduct", last.order_id as "lastOrder",
               (select count(*) from erased) as erased
          from (select 1) as always
          left join lateral (
               select product_id, order_id
                 from chunk
                order by product_id desc, order_id desc
                limit 1) as last on true`,
      values: [product, order, customerId],
    })
    const [read] = rows
    erased += read?.erased ?? 0
    if (read === undefined || read.lastProduct === null || read.lastOrder === null) return erased
    ;[product, order] = [read.lastProduct, read.lastOrder]
  }
}
