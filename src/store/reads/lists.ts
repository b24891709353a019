import type pg from "pg"
import type { Hold } from "../../domain/hold.ts"
import type { Order } from "../../domain/order.ts"
import type { Payment, PaymentEventKey, PaymentEventRecord } from "../../domain/payment.ts"
import {
  eventColumns,
  holdColumns,
  messageColumn,
  numbers,
  orderColumns,
  paymentColumns,
} from "../columns.ts"
import type { KeptMessage } from "./money-views.ts"

/** Which page of a list to read. `after`: the sort key of the last row of the page before; null: the first page. */
export interface PageRequest<Key> {
  readonly after: Key | null
  readonly limit: number
}

/**
 * One page of a list. `next`: the sort key after which the next page begins; null: this is the last page. A page may
 * hold few rows or none and still have a next page.
 */
export interface Page<Row, Key> {
  readonly rows: readonly Row[]
  readonly next: Key | null
}

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

/** Filters a list of payments or payment events; a field that is null matches every row. */
export interface PaymentFilter {
  /** The order of a payment; for an event, the order that it names or the one that it was applied to. */
  readonly orderId: number | null
  readonly provider: string | null
  /** The allocation of a payment, or the outcome of an event. */
  readonly outcome: string | null
}

/** The lists that an administrator can filter. Reads without a lock. */
export interface Lists {
  /** Lists holds by id. */
  holds(filter: RowFilter, page: PageRequest<number>): Promise<Page<Hold, number>>
  /** Lists orders by id. */
  orders(filter: RowFilter, page: PageRequest<number>): Promise<Page<Order, number>>
  /** Lists payments by provider and event key. */
  payments(filter: PaymentFilter, page: PageRequest<PaymentEventKey>): Promise<Page<Payment, PaymentEventKey>>
  /** Lists payment events by provider and key. */
  events(
    filter: PaymentFilter,
    page: PageRequest<PaymentEventKey>,
  ): Promise<Page<PaymentEventRecord & KeptMessage, PaymentEventKey>>
}

/**
 * Limits the rows that one page scans, because a filter may match few rows of millions. Each page then takes a few
 * milliseconds, and may be short or empty although more pages follow.
 */
const SCANNED_ROWS = 10_000

/** Makes the lists over PostgreSQL. */
export function createLists(pool: pg.Pool): Lists {
  return {
    holds: (filter, page) => listById<Hold>(pool, { table: "holds", columns: holdColumns, filter, page }),
    orders: (filter, page) => listById<Order>(pool, { table: "orders", columns: orderColumns, filter, page }),
    payments: (filter, page) => listPayments(pool, filter, page),
    events: (filter, page) => listEvents(pool, filter, page),
  }
}

interface ById {
  readonly table: "holds" | "orders"
  readonly columns: string
  readonly filter: RowFilter
  readonly page: PageRequest<number>
}

async function listById<Row extends { readonly id: number }>(
  pool: pg.Pool,
  { table, columns, filter, page }: ById,
): Promise<Page<Row, number>> {
  const after = page.after ?? 0
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
  if (last === null) return { rows: [], next: null }
  const { rows } = await pool.query<Row>({
    name: `list-${table}`,
    text: `
      select ${columns}
        from ${table}
       where id > $1
         and id <= $2
         and ($3::bigint is null or product_id = $3)
         and ($4::text is null or customer_id = $4)
         and ($5::text is null or status = $5)
         and ($6::bigint[] is null
              or variant_id = any($6)
              or exists (select 1
                           from jsonb_array_elements(lines) as line
                          where (line ->> 'variantId')::bigint = any($6)))
         and ($7::text is null or reference = $7)
       order by id
       limit $8`,
    values: [
      after,
      last,
      filter.productId,
      filter.customerId,
      filter.status,
      filter.variantIds === null ? null : numbers(filter.variantIds),
      filter.reference,
      page.limit + 1,
    ],
  })
  const isFull = count === SCANNED_ROWS
  return cutPage(rows, page.limit, { keyOf: (row) => row.id, next: isFull ? last : null })
}

async function listPayments(
  pool: pg.Pool,
  filter: PaymentFilter,
  page: PageRequest<PaymentEventKey>,
): Promise<Page<Payment, PaymentEventKey>> {
  const { from, to, next } = await scanRange(pool, "payments", page)
  const { rows } = await pool.query<Payment>({
    name: "list-payments",
    text: `
      select ${paymentColumns}
        from payments
       where (provider, event_key) > ($1, $2)
         and (provider, event_key) <= ($3, $4)
         and ($5::bigint is null or order_id = $5)
         and ($6::text is null or provider = $6)
         and ($7::text is null or allocation = $7)
       order by provider, event_key
       limit $8`,
    values: [...from, ...to, filter.orderId, filter.provider, filter.outcome, page.limit + 1],
  })
  const keyOf = ({ provider, eventKey }: Payment) => ({ provider, key: eventKey })
  return cutPage(rows, page.limit, { keyOf, next })
}

async function listEvents(
  pool: pg.Pool,
  filter: PaymentFilter,
  page: PageRequest<PaymentEventKey>,
): Promise<Page<PaymentEventRecord & KeptMessage, PaymentEventKey>> {
  const { from, to, next } = await scanRange(pool, "payment_events", page)
  const { rows } = await pool.query<PaymentEventRecord & KeptMessage>({
    name: "list-payment-events",
    text: `
      select ${eventColumns}, ${messageColumn}
        from payment_events
       where (provider, key) > ($1, $2)
         and (provider, key) <= ($3, $4)
         and ($5::bigint is null or order_id = $5 or applied_order_id = $5)
         and ($6::text is null or provider = $6)
         and ($7::text is null or outcome = $7)
       order by provider, key
       limit $8`,
    values: [...from, ...to, filter.orderId, filter.provider, filter.outcome, page.limit + 1],
  })
  return cutPage(rows, page.limit, { keyOf: ({ provider, key }) => ({ provider, key }), next })
}

/**
 * Finds the range of keys that a page scans: after `from`, up to `to`. `next`: where the next page begins if the rows
 * of this range do not fill a page; null: the table has no rows after `to`.
 */
async function scanRange(
  pool: pg.Pool,
  table: "payments" | "payment_events",
  { after }: PageRequest<PaymentEventKey>,
) {
  const key = table === "payments" ? "event_key" : "key"
  const from = [after?.provider ?? "", after?.key ?? ""]
  const { rows } = await pool.query<PaymentEventKey & { position: number }>({
    name: `scan-${table}`,
    text: `
      select provider, key, position
        from (select provider, ${key} as key, row_number() over (order by provider, ${key}) as position
                from ${table}
               where (provider, ${key}) > ($1, $2)
               order by provider, ${key}
               limit ${SCANNED_ROWS}) as scanned
       order by position desc
       limit 1`,
    values: from,
  })
  const [last] = rows
  if (last === undefined) return { from, to: from, next: null }
  const next = last.position === SCANNED_ROWS ? { provider: last.provider, key: last.key } : null
  return { from, to: [last.provider, last.key], next }
}

/** Makes a page of rows, of which one more than `limit` was asked for. `next`: where to continue if they are fewer. */
function cutPage<Row, Key>(
  rows: readonly Row[],
  limit: number,
  { keyOf, next }: { keyOf: (row: Row) => Key; next: Key | null },
): Page<Row, Key> {
  const shown = rows.slice(0, limit)
  const lastShown = shown.at(-1)
  return { rows: shown, next: rows.length > limit && lastShown !== undefined ? keyOf(lastShown) : next }
}
