import type pg from "pg"
import type { Details } from "../../domain/details.ts"
import type { Hold } from "../../domain/hold.ts"
import type { Order } from "../../domain/order.ts"
import type { Product, ProductStatus } from "../../domain/product.ts"
import type { Instant } from "../../domain/time.ts"
import { VARIANTS_ON_A_PAGE } from "./page.ts"
import { readStorefrontList, type ListPosition, type StorefrontPage } from "./storefront-list.ts"
import { orderViewColumns, holdColumns, orderColumns, productColumns, variantsColumn } from "../columns.ts"

/** A product, and the database's time when it was read. */
export interface ProductView {
  readonly product: Product
  readonly serverTime: Instant
}

/** An order, and what is kept beside it. */
export interface OrderView extends Order {
  /** What its buyer has told; null: nothing, or it was erased. */
  readonly details: Details | null
  /** What of its payment was refunded; null: it was never paid, so its refunds are of other payments. */
  readonly refundedMinor: number | null
}

/** Some products, one after the other. */
export interface ProductPage {
  readonly products: readonly ProductView[]
  /** Whether there are products after these. */
  readonly hasMore: boolean
}

/** Which products a list has. */
export interface ProductFilter {
  /** Null or not given: any. */
  readonly status?: ProductStatus | null | undefined
  /** Null or not given: any. */
  readonly sku?: string | null | undefined
  /** Null or not given: any. */
  readonly externalId?: string | null | undefined
  /** False: only those that have opened. */
  readonly withScheduled?: boolean
}

/** The products that have changed, and the database's time when they were read. */
export interface ProductChanges {
  readonly products: readonly Product[]
  readonly serverTime: Instant
}

/** A product's counters. */
export type StockCount = Pick<Product, "id" | "stock" | "held" | "sold">

/** Reads that take no lane and no lock. Methods return null if there is no such row. */
export interface Views {
  product(id: number): Promise<ProductView | null>
  /**
   * Lists products by id, from the first one after `afterId`: at most `limit`, and fewer where they have many variants.
   * Those that match the filter; all if none is given.
   */
  products(afterId: number, limit: number, filter?: ProductFilter): Promise<ProductPage>
  /** Lists what the storefront shows, after a position; null: from the beginning. */
  storefront(after: ListPosition | null, limit: number, withScheduled: boolean): Promise<StorefrontPage>
  /** Lists products whose version differs from the one in `known`, a map from id to version. */
  changedProducts(known: ReadonlyMap<number, number>): Promise<ProductChanges>
  /** The counters of the newest products, for the metrics, which anybody may read: of those whose units are shown. */
  stockCounts(): Promise<StockCount[]>
  /** How many seconds the first due hold or order of a product has been due; 0 if none is. */
  expiryLag(productId: number): Promise<number>
  /** An active hold past its deadline is returned as expired, whether or not a sweep has ended it (I6). */
  hold(id: number): Promise<Hold | null>
  /** An unpaid order past its deadline is returned as expired, whether or not a sweep has ended it (I6). */
  order(id: number): Promise<OrderView | null>
}

/** Makes the views over PostgreSQL. */
export function createViews(pool: pg.Pool): Views {
  return {
    product: (id) => selectProduct(pool, id),
    products: (...parameters) => selectProducts(pool, ...parameters),
    storefront: (...parameters) => readStorefrontList(pool, ...parameters),
    changedProducts: (known) => selectChangedProducts(pool, known),
    stockCounts: () => selectStockCounts(pool),
    expiryLag: (productId) => selectExpiryLag(pool, productId),
    hold: (id) => selectHold(pool, id),
    order: (id) => selectOrder(pool, id),
  }
}

async function selectProduct(pool: pg.Pool, id: number): Promise<ProductView | null> {
  const { rows } = await pool.query<Product & { serverTime: Instant }>({
    name: "view-product",
    text: `
      select ${productColumns}, ${variantsColumn}, clock_timestamp() as "serverTime"
        from products
       where id = $1`,
    values: [id],
  })
  const [row] = rows
  if (row === undefined) return null
  const { serverTime, ...product } = row
  return { product, serverTime }
}

async function selectProducts(
  pool: pg.Pool,
  ...[afterId, limit, filter = {}]: Parameters<Views["products"]>
): Promise<ProductPage> {
  const { status = null, withScheduled = true, sku = null, externalId = null } = filter
  const { rows } = await pool.query<Product & { serverTime: Instant; found: number }>({
    name: "view-products",
    text: `
      with counted as materialized (
        select id as counted_id,
               case when variants_version is null then 0
                    else (select count(*) from variants where variants.product_id = products.id) end as variant_count
          from products
         where id > $1
           and ($4::text is null or coalesce(status, 'listed') = $4)
           and ($5 or opens_at is null or opens_at <= statement_timestamp())
           and ($6::text is null or sku = $6)
           and ($7::text is null or external_id = $7)
         order by id
         limit $2
      )
      select ${productColumns}, ${variantsColumn}, clock_timestamp() as "serverTime",
             (select count(*) from counted)::integer as found
        from (select counted_id, variant_count,
                     sum(variant_count) over (order by counted_id) as variants_to_here
                from counted) as listed
        join products
          on id = counted_id
       where variants_to_here <= $3
          or variants_to_here = variant_count
       order by id`,
    values: [afterId, limit + 1, VARIANTS_ON_A_PAGE, status, withScheduled, sku, externalId],
  })
  const found = rows[0]?.found ?? 0
  const products = rows.slice(0, limit).map((row) => {
    const { serverTime, found: _, ...product } = row
    return { product, serverTime }
  })
  return { products, hasMore: found > products.length }
}

async function selectChangedProducts(
  pool: pg.Pool,
  known: ReadonlyMap<number, number>,
): Promise<ProductChanges> {
  const { rows } = await pool.query<(Product | { readonly id: null }) & { serverTime: Instant }>({
    name: "view-changed-products",
    // The outer join returns at least one row, which has the time.
    text: `
      select ${productColumns}, ${variantsColumn}, clock_timestamp() as "serverTime"
        from (select 1) as always
        left join (unnest($1::bigint[], $2::bigint[]) as known (known_id, known_version)
             join products
               on id = known_id
              and version <> known_version)
          on true`,
    values: [[...known.keys()], [...known.values()]],
  })
  const [first] = rows
  if (first === undefined) throw new Error("the database returned no row for its time")
  const products = rows.flatMap((row) => {
    if (row.id === null) return []
    const { serverTime: _, ...product } = row
    return product
  })
  return { products, serverTime: first.serverTime }
}

/** Limits the products in the metrics: each one makes three time series. */
const COUNTED_PRODUCTS = 1_000

async function selectStockCounts(pool: pg.Pool): Promise<StockCount[]> {
  const { rows } = await pool.query<StockCount>({
    name: "view-stock-counts",
    text: `
      select id, stock, held, sold
        from products
       where stock_display is null
       order by id desc
       limit $1`,
    values: [COUNTED_PRODUCTS],
  })
  return rows
}

async function selectExpiryLag(pool: pg.Pool, productId: number): Promise<number> {
  const { rows } = await pool.query<{ lagSeconds: number }>({
    name: "view-expiry-lag",
    text: `
      select greatest(0, extract(epoch from clock_timestamp() - least(
               (select min(expires_at)
                  from holds
                 where product_id = $1
                   and status = 'active'),
               (select min(expires_at)
                  from orders
                 where product_id = $1
                   and status = 'pending_payment'))))::float8 as "lagSeconds"`,
    values: [productId],
  })
  return rows[0]?.lagSeconds ?? 0
}

async function selectHold(pool: pg.Pool, id: number): Promise<Hold | null> {
  const { rows } = await pool.query<Hold & { isOver: boolean }>({
    name: "view-hold",
    text: `
      select ${holdColumns}, expires_at <= clock_timestamp() as "isOver"
        from holds
       where id = $1`,
    values: [id],
  })
  const [row] = rows
  if (row === undefined) return null
  const { isOver, ...hold } = row
  return hold.status === "active" && isOver ? { ...hold, status: "expired", endedAt: hold.expiresAt } : hold
}

async function selectOrder(pool: pg.Pool, id: number): Promise<OrderView | null> {
  const { rows } = await pool.query<OrderView & { isOver: boolean }>({
    name: "view-order",
    text: `
      select ${orderColumns}, ${orderViewColumns}, expires_at <= clock_timestamp() as "isOver"
        from orders
       where id = $1`,
    values: [id],
  })
  const [row] = rows
  if (row === undefined) return null
  const { isOver, ...order } = row
  return order.status === "pending_payment" && isOver ? { ...order, status: "expired" } : order
}
