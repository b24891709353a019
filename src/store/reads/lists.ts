import type pg from "pg"
import type { Hold } from "../../domain/hold.ts"
import type { Payment, PaymentEventKey, PaymentEventRecord } from "../../domain/payment.ts"
import { eventColumns, messageColumn, paymentColumns } from "../columns.ts"
import { readAskedDetails, type AskedDetails } from "./asked-details.ts"
import type { KeptMessage } from "./money-views.ts"
import { readHasExternalIds, readProductNumbers, type ProductNumbers } from "./product-numbers.ts"
import type { OrderView } from "./views.ts"
import { cutPage, SCANNED_ROWS, type Page, type PageRequest } from "./page.ts"
import {
  listHolds,
  listNewestOrders,
  listOrders,
  type AgeKey,
  type OrderFilter,
  type RowFilter,
} from "./row-lists.ts"

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
  orders(filter: OrderFilter, page: PageRequest<number>): Promise<Page<OrderView, number>>
  /** Lists orders by when they were made, the newest first. */
  newestOrders(filter: OrderFilter, page: PageRequest<AgeKey>): Promise<Page<OrderView, AgeKey>>
  /** What buyers have been asked for by one product; null: by all. */
  askedDetails(productId: number | null): Promise<AskedDetails>
  /** Whether a product, or any if the id is null, has a name in another system of the shop. */
  hasExternalIds(productId: number | null): Promise<boolean>
  /** The shop's own numbers of products by id; those that have none are left out. */
  productNumbers(ids: readonly number[]): Promise<ReadonlyMap<number, ProductNumbers>>
  /** Lists payments by provider and event key. */
  payments(filter: PaymentFilter, page: PageRequest<PaymentEventKey>): Promise<Page<Payment, PaymentEventKey>>
  /** Lists payment events by provider and key. */
  events(
    filter: PaymentFilter,
    page: PageRequest<PaymentEventKey>,
  ): Promise<Page<PaymentEventRecord & KeptMessage, PaymentEventKey>>
}

/** Makes the lists over PostgreSQL. */
export function createLists(pool: pg.Pool): Lists {
  return {
    holds: (filter, page) => listHolds(pool, filter, page),
    orders: (filter, page) => listOrders(pool, filter, page),
    newestOrders: (filter, page) => listNewestOrders(pool, filter, page),
    askedDetails: (productId) => readAskedDetails(pool, productId),
    hasExternalIds: (productId) => readHasExternalIds(pool, productId),
    productNumbers: (ids) => readProductNumbers(pool, ids),
    payments: (filter, page) => listPayments(pool, filter, page),
    events: (filter, page) => listEvents(pool, filter, page),
  }
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
