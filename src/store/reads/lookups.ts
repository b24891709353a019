import type pg from "pg"
import { numbers } from "../columns.ts"

/** The fields of a hold that a command needs before it reaches its lane. */
export interface HoldLookup {
  readonly productId: number
  readonly qty: number
}

/** The product and the hold of an order. */
export interface OrderLookup {
  readonly productId: number
  readonly holdId: number
}

/** The product and the order of a payment. */
export interface PaymentLookup {
  readonly productId: number
  readonly orderId: number
}

/**
 * Finds the product of a hold, order or payment, whose lane takes the command, and the hold of an order, which decides
 * about access. These fields never change, so they are read without a lock and may be remembered. Methods return null
 * if there is no such row.
 */
export interface Lookups {
  findHold(holdId: number): Promise<HoldLookup | null>
  findOrder(orderId: number): Promise<OrderLookup | null>
  /** Finds a payment by the provider's id. If several orders have a payment with this id, the first order counts. */
  findPayment(provider: string, paymentId: string): Promise<PaymentLookup | null>
  /** Remembers an order that this process has just made, because its payment event looks it up next. */
  remember(order: { readonly id: number } & OrderLookup): void
}

/** Limits the remembered orders to about 10 MB; the oldest is forgotten first. */
const REMEMBERED = 100_000

/** Makes the look-ups over PostgreSQL. Those that are requested in one turn of the event loop share a statement. */
export function createLookups(pool: pg.Pool): Lookups {
  const remembered = new Map<number, OrderLookup>()
  const readOrder = gathered(async (orderIds) => {
    const { rows } = await pool.query<{ id: number } & OrderLookup>({
      name: "look-up-orders",
      text: `
        select id, product_id as "productId", hold_id as "holdId"
          from orders
         where id = any($1::bigint[])`,
      values: [numbers(orderIds)],
    })
    return rows
  })
  const readHold = gathered(async (holdIds) => {
    const { rows } = await pool.query<{ id: number } & HoldLookup>({
      name: "look-up-holds",
      text: `
        select id, product_id as "productId", qty
          from holds
         where id = any($1::bigint[])`,
      values: [numbers(holdIds)],
    })
    return rows
  })

  return {
    findHold: readHold,
    findOrder: async (orderId) => remembered.get(orderId) ?? readOrder(orderId),
    async findPayment(provider, paymentId) {
      const { rows } = await pool.query<PaymentLookup>({
        name: "look-up-payment",
        text: `
          select product_id as "productId", order_id as "orderId"
            from payments
           where provider = $1
             and payment_id = $2
           order by order_id
           limit 1`,
        values: [provider, paymentId],
      })
      return rows[0] ?? null
    },
    remember({ id, productId, holdId }) {
      remembered.set(id, { productId, holdId })
      if (remembered.size <= REMEMBERED) return
      const [oldest] = remembered.keys()
      if (oldest !== undefined) remembered.delete(oldest)
    },
  }
}

/** Collects the ids that are requested in one turn of the event loop, and reads their rows with one statement. */
function gathered<Row extends { readonly id: number }>(
  read: (ids: readonly number[]) => Promise<readonly Row[]>,
): (id: number) => Promise<Row | null> {
  let next: { readonly ids: number[]; readonly rows: Promise<Map<number, Row>> } | null = null

  async function readAll(ids: readonly number[]): Promise<Map<number, Row>> {
    await new Promise(setImmediate)
    next = null
    return new Map((await read(ids)).map((row) => [row.id, row]))
  }

  return async (id) => {
    if (next === null) {
      const ids: number[] = []
      next = { ids, rows: readAll(ids) }
    }
    next.ids.push(id)
    return (await next.rows).get(id) ?? null
  }
}
