import type pg from "pg"
import type { Hold } from "../../domain/hold.ts"
import { isoTime, isoTimeOrNull, type Instant } from "../../domain/time.ts"
import { orderViewColumns, holdColumns, numbers, orderColumns } from "../columns.ts"
import { findHoldIds, findOrderIds } from "./order-search.ts"
import type { OrderView } from "./views.ts"
import { cutPage, SCANNED_ROWS, type Page, type PageRequest } from "./page.ts"

/** Filters a list of holds or orders; a field that is null matches every row. */
export interface RowFilter {
  readonly productId: number | null
  readonly customerId: string | null
  readonly status: string | null
  /** The variants of which it must have one. */
  readonly variantIds: readonly number[] | null
  /** The shop's own name for it. */
  readonly reference: string | null
}

/** Filters a list of orders; a field that is null matches every row. */
export interface OrderFilter extends RowFilter {
  /** The buyer's address, in upper or lower case. */
  readonly email: string | null
  /** Beginnings of words of the buyer's name, in upper or lower case. */
  readonly name: string | null
  /** The provider's id of a payment that was received. */
  readonly paymentId: string | null
  /** Made at this moment or later. */
  readonly from: Instant | null
  /** Made before this moment. */
  readonly to: Instant | null
}

/** A search for nothing. */
export const unsearched = { reference: null, email: null, name: null, paymentId: null, from: null, to: null }

/** The place of an order among all orders by age. */
export interface AgeKey {
  readonly createdAt: Instant
  readonly id: number
}

/** Lists holds by id. */
export async function listHolds(
  pool: pg.Pool,
  filter: RowFilter,
  page: PageRequest<number>,
): Promise<Page<Hold, number>> {
  const ids = await findHoldIds(pool, filter)
  return listById<Hold>(pool, { table: "holds", columns: holdColumns, ids, filter, page })
}

/** Lists orders by id. */
export async function listOrders(
  pool: pg.Pool,
  filter: OrderFilter,
  page: PageRequest<number>,
): Promise<Page<OrderView, number>> {
  const ids = await findOrderIds(pool, filter)
  return listById<OrderView>(pool, {
    table: "orders",
    columns: `${orderColumns}, ${orderViewColumns}`,
    ids,
    filter,
    page,
  })
}

interface ById {
  readonly table: "holds" | "orders"
  readonly columns: string
  /** The only rows that may match; null: every row may. */
  readonly ids: readonly number[] | null
  readonly filter: RowFilter & Partial<Pick<OrderFilter, "from" | "to">>
  readonly page: PageRequest<number>
}

/** As `$1` to `$6`, after which a statement has its own parameters. */
const matches = `
             ($1::bigint is null or product_id = $1)
         and ($2::text is null or customer_id = $2)
         and ($3::text is null or status = $3)
         and ($4::bigint[] is null
              or variant_id = any($4)
              or exists (select 1
                           from jsonb_array_elements(lines) as line
                          where (line ->> 'variantId')::bigint = any($4)))
         and ($5::timestamptz is null or created_at >= $5)
         and ($6::timestamptz is null or created_at < $6)`

function valuesOf({ productId, customerId, status, variantIds, from = null, to = null }: ById["filter"]) {
  return [
    productId,
    customerId,
    status,
    variantIds === null ? null : numbers(variantIds),
    isoTimeOrNull(from),
    isoTimeOrNull(to),
  ]
}

async function listById<Row extends { readonly id: number }>(
  pool: pg.Pool,
  { table, columns, ids, filter, page }: ById,
): Promise<Page<Row, number>> {
  const after = page.after ?? 0
  const range =
    ids === null ? await scanById(pool, table, after) : { last: Number.MAX_SAFE_INTEGER, next: null }
  if (range.last === null) return { rows: [], next: null }
  const { rows } = await pool.query<Row>({
    name: ids === null ? `list-${table}` : `list-found-${table}`,
    text: `
      select ${columns}
        from ${table}
       where ${matches}
         and id > $7
         and id <= $8
         ${ids === null ? "" : "and id = any($10::bigint[])"}
       order by id
       limit $9`,
    values: [...valuesOf(filter), after, range.last, page.limit + 1, ...(ids === null ? [] : [numbers(ids)])],
  })
  return cutPage(rows, page.limit, { keyOf: (row) => row.id, next: range.next })
}

/** Finds the ids that a page scans, up to `last`. `next`: where the next page begins if these do not fill a page. */
async function scanById(pool: pg.Pool, table: "holds" | "orders", after: number) {
  const scanned = await pool.query<{ last: number | null; count: number }>({
    name: `scan-${table}`,
    text: `
      select max(id) as last, count(*) as count
        from (select id
                from ${table}
               where id > $1
               order by id
               limit ${SCANNED_ROWS}) as scanned`,
    values: [after],
  })
  const { last, count } = scanned.rows[0] ?? { last: null, count: 0 }
  return { last, next: count === SCANNED_ROWS ? last : null }
}

/** Lists orders by age, the newest first. An order that is made meanwhile stands before the pages that are read. */
export async function listNewestOrders(
  pool: pg.Pool,
  filter: OrderFilter,
  { after, limit }: PageRequest<AgeKey>,
): Promise<Page<OrderView, AgeKey>> {
  const ids = await findOrderIds(pool, filter)
  // No id is below 1, so that the first page begins with the last order before `to`.
  const from = after ?? { createdAt: filter.to, id: 0 }
  const range = ids === null ? await scanByAge(pool, from, filter.from) : { last: null, next: null }
  const { rows } = await pool.query<OrderView>({
    name: ids === null ? "list-newest-orders" : "list-found-newest-orders",
    text: `
      select ${orderColumns}, ${orderViewColumns}
        from orders
       where ${matches}
         and (created_at, id) < (coalesce($7::timestamptz, 'infinity'), $8::bigint)
         and (created_at, id) >= (coalesce($9::timestamptz, '-infinity'), $10::bigint)
         ${ids === null ? "" : "and id = any($12::bigint[])"}
       order by created_at desc, id desc
       limit $11`,
    values: [
      ...valuesOf(filter),
      isoTimeOrNull(from.createdAt),
      from.id,
      isoTimeOrNull(range.last?.createdAt ?? null),
      range.last?.id ?? 0,
      limit + 1,
      ...(ids === null ? [] : [numbers(ids)]),
    ],
  })
  const keyOf = ({ createdAt, id }: OrderView) => ({ createdAt, id })
  return cutPage(rows, limit, { keyOf, next: range.next })
}

/** Finds the oldest order that a page scans. `next`: where the next page begins if these do not fill a page. */
async function scanByAge(
  pool: pg.Pool,
  before: { readonly createdAt: Instant | null; readonly id: number },
  from: Instant | null,
): Promise<{ readonly last: AgeKey | null; readonly next: AgeKey | null }> {
  const { rows } = await pool.query<AgeKey>({
    name: "scan-newest-orders",
    text: `
      select created_at as "createdAt", id
        from orders
       where (created_at, id) < (coalesce($1::timestamptz, 'infinity'), $2::bigint)
         and created_at >= coalesce($3::timestamptz, '-infinity')
       order by created_at desc, id desc
      offset ${SCANNED_ROWS - 1}
       limit 1`,
    values: [isoTimeOrNull(before.createdAt), before.id, from === null ? null : isoTime(from)],
  })
  const [last = null] = rows
  return { last, next: last }
}
