import type pg from "pg"
import type { Hold } from "../../domain/hold.ts"
import type { Order } from "../../domain/order.ts"
import type { Payment, PaymentEventRecord } from "../../domain/payment.ts"
import { eventColumns, holdColumns, messageColumn, orderColumns, paymentColumns } from "../columns.ts"
import type { KeptMessage } from "./money-views.ts"

/** Names a message of a provider, or the payment it told of. */
export interface MessagePlace {
  readonly provider: string
  readonly key: string
}

/** Where in a list to begin, and how much of it to show. `after` null: from the beginning. */
export interface ListPage<Place> {
  readonly after: Place | null
  readonly limit: number
}

/** Some rows of a list. `next`: where to go on, perhaps after few rows or none; null: there are no more. */
export interface Listed<Row, Place> {
  readonly rows: readonly Row[]
  readonly next: Place | null
}

/** A filter that is null takes everything. */
export interface RowFilter {
  readonly productId: number | null
  readonly customerId: string | null
  readonly status: string | null
}

/** As {@link RowFilter}. An event is about the order it names and the one it was applied to. */
export interface MessageFilter {
  readonly orderId: number | null
  readonly provider: string | null
  /** Of an event its outcome, of a payment its allocation. */
  readonly outcome: string | null
}

/** What the shop can look through. Reads without a lock. */
export interface Lists {
  /** Both by id. */
  holds(filter: RowFilter, page: ListPage<number>): Promise<Listed<Hold, number>>
  orders(filter: RowFilter, page: ListPage<number>): Promise<Listed<Order, number>>
  /** Both by provider and key. */
  payments(filter: MessageFilter, page: ListPage<MessagePlace>): Promise<Listed<Payment, MessagePlace>>
  events(
    filter: MessageFilter,
    page: ListPage<MessagePlace>,
  ): Promise<Listed<PaymentEventRecord & KeptMessage, MessagePlace>>
}

/**
 * Rows one page looks at. A filter that fits few of millions is answered in parts, each in a few
 * milliseconds, instead of after a walk through the whole table.
 */
const LOOKED_AT = 10_000

/** The lists over PostgreSQL. */
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
  readonly page: ListPage<number>
}

async function listById<Row extends { readonly id: number }>(
  pool: pg.Pool,
  { table, columns, filter, page }: ById,
): Promise<Listed<Row, number>> {
  const after = page.after ?? 0
  const looked = await pool.query<{ last: number | null; count: number }>({
    name: `look-at-${table}`,
    text: `
      select max(id) as last, count(*) as count
        from (select id
                from ${table}
               where id > $1
               order by id
               limit ${LOOKED_AT}) as looked`,
    values: [after],
  })
  const { last, count } = looked.rows[0] ?? { last: null, count: 0 }
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
       order by id
       limit $6`,
    values: [after, last, filter.productId, filter.customerId, filter.status, page.limit + 1],
  })
  const isFull = count === LOOKED_AT
  return listed(rows, page.limit, { placeOf: (row) => row.id, last: isFull ? last : null })
}

async function listPayments(
  pool: pg.Pool,
  filter: MessageFilter,
  page: ListPage<MessagePlace>,
): Promise<Listed<Payment, MessagePlace>> {
  const { bound, values, last } = await boundOf(pool, "payments", page)
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
    values: [...values, ...bound, filter.orderId, filter.provider, filter.outcome, page.limit + 1],
  })
  const placeOf = ({ provider, eventKey }: Payment) => ({ provider, key: eventKey })
  return listed(rows, page.limit, { placeOf, last })
}

async function listEvents(
  pool: pg.Pool,
  filter: MessageFilter,
  page: ListPage<MessagePlace>,
): Promise<Listed<PaymentEventRecord & KeptMessage, MessagePlace>> {
  const { bound, values, last } = await boundOf(pool, "payment_events", page)
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
    values: [...values, ...bound, filter.orderId, filter.provider, filter.outcome, page.limit + 1],
  })
  return listed(rows, page.limit, { placeOf: ({ provider, key }) => ({ provider, key }), last })
}

/** The last message that a page looks at, and, where there may be more, the place to go on. */
async function boundOf(
  pool: pg.Pool,
  table: "payments" | "payment_events",
  { after }: ListPage<MessagePlace>,
) {
  const key = table === "payments" ? "event_key" : "key"
  const values = [after?.provider ?? "", after?.key ?? ""]
  const { rows } = await pool.query<MessagePlace & { position: number }>({
    name: `look-at-${table}`,
    text: `
      select provider, key, position
        from (select provider, ${key} as key, row_number() over (order by provider, ${key}) as position
                from ${table}
               where (provider, ${key}) > ($1, $2)
               order by provider, ${key}
               limit ${LOOKED_AT}) as looked
       order by position desc
       limit 1`,
    values,
  })
  const [found] = rows
  if (found === undefined) return { values, bound: values, last: null }
  const { provider, key: lastKey, position } = found
  const last = position === LOOKED_AT ? { provider, key: lastKey } : null
  return { values, bound: [provider, lastKey], last }
}

function listed<Row, Place>(
  rows: readonly Row[],
  limit: number,
  { placeOf, last }: { placeOf: (row: Row) => Place; last: Place | null },
): Listed<Row, Place> {
  const shown = rows.slice(0, limit)
  const lastShown = shown.at(-1)
  return { rows: shown, next: rows.length > limit && lastShown !== undefined ? placeOf(lastShown) : last }
}
