import type pg from "pg"
import type { Address } from "../../domain/details.ts"
import { nameLines, type NamedLine } from "../../domain/lines.ts"
import type { MailKind } from "../../domain/mails.ts"
import type { Order } from "../../domain/order.ts"
import { noProductContent, type ProductContent } from "../../domain/product-content.ts"
import type { Refund } from "../../domain/refund.ts"
import type { Instant } from "../../domain/time.ts"
import { orderColumns, sameEmail } from "../columns.ts"
import type { VariantNameReads } from "./variant-names.ts"

/** What identifies a mail and says what it is about. */
export interface MailSubject {
  readonly orderId: number
  readonly kind: MailKind
  readonly refundNumber: number | null
}

/** An order as mails show it. */
export interface MailedOrder extends Order {
  readonly productName: string
  /** Its texts; its pictures are not read. */
  readonly content: ProductContent
  readonly namedLines: readonly NamedLine[]
}

/** All that a mail shows, as it is at this moment. */
export interface MailContent {
  readonly email: string
  readonly name: string | null
  readonly shippingAddress: Address | null
  readonly order: MailedOrder
  /** Of a mail of kind `refund`. */
  readonly refund: Pick<Refund, "amountMinor" | "currency" | "reason"> | null
  /** Of a mail of kind `links`: the newest orders of the same address. */
  readonly orders: readonly MailedOrder[]
}

/** A mail as it stands in the queue. */
export interface MailEntry extends MailSubject {
  readonly id: string
  readonly productId: number
  readonly status: "due" | "sent" | "failed" | "skipped"
  readonly attempts: number
  readonly lastError: string | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** Reads what mails show, and the mails there are. */
export interface MailContents {
  /** Null: the order has no e-mail address, or there is no such order or refund. */
  contentOf(subject: MailSubject): Promise<MailContent | null>
  /** The newest mails of all orders, the newest first. */
  newest(limit: number): Promise<MailEntry[]>
  /** The mails of one order, the oldest first. */
  ofOrder(orderId: number): Promise<MailEntry[]>
  /** One mail; null: there is none. */
  find(productId: number, id: string): Promise<MailEntry | null>
}

/** The orders in a mail of kind `links`: paid ones first, because everybody can make others with this address. */
const MOST_LINKS = 20
/** More mails than any order has. */
const MOST_OF_ORDER = 500

/** Makes the reads over PostgreSQL. */
export function createMailContents(pool: pg.Pool, variantNames: VariantNameReads): MailContents {
  return {
    contentOf: (subject) => readContent(pool, variantNames, subject),

    async newest(limit) {
      const { rows } = await pool.query<MailEntry>({
        name: "read-newest-mails",
        text: `
          select ${entryColumns}
            from mails
           order by created_at desc, id desc
           limit $1`,
        values: [limit],
      })
      return rows
    },

    async ofOrder(orderId) {
      const { rows } = await pool.query<MailEntry>({
        name: "read-mails-of-order",
        text: `
          select ${entryColumns}
            from mails
           where order_id = $1
           order by created_at, id
           limit ${MOST_OF_ORDER}`,
        values: [orderId],
      })
      return rows
    },

    async find(productId, id) {
      const { rows } = await pool.query<MailEntry>({
        name: "find-mail",
        text: `
          select ${entryColumns}
            from mails
           where id = $2
             and product_id = $1`,
        values: [productId, id],
      })
      return rows[0] ?? null
    },
  }
}

const entryColumns = `
  id, kind, status, attempts,
  product_id as "productId",
  order_id as "orderId",
  refund_number as "refundNumber",
  last_error as "lastError",
  created_at as "createdAt",
  updated_at as "updatedAt"`

type ContentRow = Pick<MailContent, "email" | "name" | "shippingAddress" | "refund">

async function readContent(
  pool: pg.Pool,
  variantNames: VariantNameReads,
  { orderId, kind, refundNumber }: MailSubject,
): Promise<MailContent | null> {
  const { rows } = await pool.query<ContentRow>({
    name: "read-mail-content",
    text: `
      select details.email, details.name,
             details.shipping_address as "shippingAddress",
             case when refunds.order_id is not null then jsonb_build_object(
               'amountMinor', refunds.amount_minor,
               'currency', refunds.currency,
               'reason', refunds.reason) end as refund
        from orders
        join order_details as details
          on details.product_id = orders.product_id
         and details.order_id = orders.id
        left join refunds
          on refunds.product_id = orders.product_id
         and refunds.order_id = orders.id
         and refunds.number = $2
       where orders.id = $1
         and details.email is not null`,
    values: [orderId, refundNumber],
  })
  const [row] = rows
  if (row === undefined || (kind === "refund" && row.refund === null)) return null
  const found = await readOrders(pool, kind === "links" ? await idsOfAddress(pool, row.email) : [orderId])
  const orders = await withNames(found, variantNames)
  const order = orders.find(({ id }) => id === orderId) ?? orders[0]
  return order === undefined ? null : { ...row, order, orders: kind === "links" ? orders : [] }
}

async function idsOfAddress(pool: pg.Pool, email: string): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>({
    name: "read-orders-of-address",
    text: `
      select order_details.order_id as id
        from order_details
        join orders
          on orders.id = order_details.order_id
       where ${sameEmail("order_details.email")} = ${sameEmail("$1::text")}
         and order_details.email is not null
       order by orders.status in ('paid', 'refunded') desc, orders.id desc
       limit ${MOST_LINKS}`,
    values: [email],
  })
  return rows.map(({ id }) => id)
}

interface OrderRow extends Order {
  readonly productName: string
  readonly isOver: boolean
  readonly afterPurchase: string | null
  readonly translations: ProductContent["translations"] | null
}

async function readOrders(pool: pg.Pool, ids: readonly number[]): Promise<OrderRow[]> {
  const { rows } = await pool.query<OrderRow>({
    name: "read-mailed-orders",
    text: `
      select found.*, products.name as "productName", found."expiresAt" <= clock_timestamp() as "isOver",
             contents.after_purchase as "afterPurchase",
             contents.translations
        from (select ${orderColumns} from orders where id = any($1::bigint[])) as found
        join products
          on products.id = found."productId"
        left join product_contents as contents
          on contents.product_id = found."productId"
       order by found.id desc`,
    values: [ids],
  })
  return rows
}

async function withNames(rows: readonly OrderRow[], variantNames: VariantNameReads): Promise<MailedOrder[]> {
  const keys = rows.flatMap(({ productId, lines }) =>
    (lines ?? []).map(({ variantId }) => ({ productId, variantId })),
  )
  const names = await variantNames.namesOf(keys)
  return rows.map(({ isOver, afterPurchase, translations, ...order }) => ({
    ...order,
    content: { ...noProductContent, afterPurchase, translations: translations ?? {} },
    status: order.status === "pending_payment" && isOver ? "expired" : order.status,
    namedLines: nameLines(order.lines ?? [], (variantId) => names.get(variantId)),
  }))
}
