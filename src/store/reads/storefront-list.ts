import type pg from "pg"
import type { Product } from "../../domain/product.ts"
import type { Instant } from "../../domain/time.ts"
import { productColumns, variantsColumn } from "../columns.ts"
import { VARIANTS_ON_A_PAGE } from "./page.ts"
import type { ProductView } from "./views.ts"

/** Where a product stands in the list of the storefront. */
export interface ListPosition {
  /** 0: on sale, or paused; 1: opens later; 2: sold out; 3: closed. */
  readonly rank: number
  /** Of those that open later, when; of those that are closed, when, negated; 0 otherwise. In milliseconds. */
  readonly place: number
  readonly id: number
}

/** A page of the list, and where the next one begins; null: there is none. */
export interface StorefrontPage {
  readonly products: readonly ProductView[]
  readonly next: ListPosition | null
}

const start: ListPosition = { rank: -1, place: 0, id: 0 }

/**
 * Lists listed products as buyers look for them: those on sale, then those that open, the next one first, then those that are
 * sold out, then those that are closed, the last one first. `saleState` decides the same for one product. `withScheduled`
 * false: without those that open later.
 */
export async function readStorefrontList(
  pool: pg.Pool,
  after: ListPosition | null,
  limit: number,
  withScheduled: boolean,
): Promise<StorefrontPage> {
  const { rank, place, id } = after ?? start
  const { rows } = await pool.query<
    Product & { serverTime: Instant; found: number; rank: number; place: number }
  >({
    name: "storefront-list",
    text: `
      with stood as (
        select id as listed_id, variants_version,
               case when closes_at <= statement_timestamp() then 3
                    when opens_at > statement_timestamp() then 1
                    when not coalesce(variants_paused, paused) and ${isSoldOut} then 2
                    else 0 end as rank,
               case when closes_at <= statement_timestamp() then -(extract(epoch from closes_at) * 1000)::bigint
                    when opens_at > statement_timestamp() then (extract(epoch from opens_at) * 1000)::bigint
                    else 0 end as place
          from products
         where status is null
           and ($6 or opens_at is null or opens_at <= statement_timestamp())
      ), listed as materialized (
        select listed_id, rank, place,
               case when variants_version is null then 0
                    else (select count(*) from variants where product_id = listed_id) end as variant_count
          from stood
         where (rank, place, listed_id) > ($1::integer, $2::bigint, $3::bigint)
         order by rank, place, listed_id
         limit $4
      )
      select ${productColumns}, ${variantsColumn}, statement_timestamp() as "serverTime", rank, place,
             (select count(*) from listed)::integer as found
        from (select listed_id, rank, place, variant_count,
                     sum(variant_count) over (order by rank, place, listed_id) as variants_to_here
                from listed) as summed
        join products
          on id = listed_id
       where variants_to_here <= $5
          or variants_to_here = variant_count
       order by rank, place, id`,
    values: [rank, place, id, limit + 1, VARIANTS_ON_A_PAGE, withScheduled],
  })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const products = shown.map((row) => {
    const { serverTime, found: _, rank: _rank, place: _place, ...product } = row
    return { product, serverTime }
  })
  const hasMore = last !== undefined && last.found > shown.length
  return { products, next: hasMore ? { rank: last.rank, place: last.place, id: last.id } : null }
}

/** Of a product with variants, the units of those that are enabled count. */
const isSoldOut = `
  case when variants_version is null then sold >= stock
       else (select coalesce(sum(v.sold) >= sum(v.stock), true)
               from variants as v
              where v.product_id = products.id
                and v.enabled) end`
