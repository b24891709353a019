import type pg from "pg"
import type { Hold } from "../domain/hold.ts"
import type { Order } from "../domain/order.ts"
import type { Product } from "../domain/product.ts"
import type { Instant } from "../domain/time.ts"
import { holdColumns, orderColumns, productColumns } from "./columns.ts"

/** A product as a reader sees it, with the database's time of that moment. */
export interface ProductView {
  readonly product: Product
  readonly serverTime: Instant
}

/** A product's counters. */
export type StockCount = Pick<Product, "id" | "stock" | "held" | "sold">

/** Reads that take no lane and no lock. Null: there is no such row. */
export interface Views {
  product(id: number): Promise<ProductView | null>
  /** Products by id, from the first one after `afterId`. */
  products(afterId: number, limit: number): Promise<ProductView[]>
  /** The counters of the newest products, for the metrics. */
  stockCounts(): Promise<StockCount[]>
  /** A hold past its end reads as expired, swept or not (I6). */
  hold(id: number): Promise<Hold | null>
  /** An unpaid order past its end reads as expired, swept or not (I6). */
  order(id: number): Promise<Order | null>
}

/** Views over PostgreSQL. */
export function createViews(pool: pg.Pool): Views {
  return {
    async product(id) {
      const [view] = await selectProducts(pool, { afterId: id - 1, lastId: id, limit: 1 })
      return view ?? null
    },
    products: (afterId, limit) => selectProducts(pool, { afterId, lastId: Number.MAX_SAFE_INTEGER, limit }),
    stockCounts: () => selectStockCounts(pool),
    hold: (id) => selectHold(pool, id),
    order: (id) => selectOrder(pool, id),
  }
}

interface ProductRange {
  readonly afterId: number
  readonly lastId: number
  readonly limit: number
}

async function selectProducts(pool: pg.Pool, range: ProductRange): Promise<ProductView[]> {
  const { rows } = await pool.query<Product & { serverTime: Instant }>({
    name: "view-products",
    text: `
      select ${productColumns}, clock_timestamp() as "serverTime"
        from products
       where id > $1
         and id <= $2
       order by id
       limit $3`,
    values: [range.afterId, range.lastId, range.limit],
  })
  return rows.map(({ serverTime, ...product }) => ({ product, serverTime }))
}

/** Products whose stock is told to the metrics; each makes three series. */
const COUNTED_PRODUCTS = 1_000

async function selectStockCounts(pool: pg.Pool): Promise<StockCount[]> {
  const { rows } = await pool.query<StockCount>({
    name: "view-stock-counts",
    text: `
      select id, stock, held, sold
        from products
       order by id desc
       limit $1`,
    values: [COUNTED_PRODUCTS],
  })
  return rows
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

async function selectOrder(pool: pg.Pool, id: number): Promise<Order | null> {
  const { rows } = await pool.query<Order & { isOver: boolean }>({
    name: "view-order",
    text: `
      select ${orderColumns}, expires_at <= clock_timestamp() as "isOver"
        from orders
       where id = $1`,
    values: [id],
  })
  const [row] = rows
  if (row === undefined) return null
  const { isOver, ...order } = row
  return order.status === "pending_payment" && isOver ? { ...order, status: "expired" } : order
}
