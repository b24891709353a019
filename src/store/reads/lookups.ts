import type pg from "pg"
import { numbers } from "../columns.ts"

/** Where a hold belongs. */
export interface PlaceOfHold {
  readonly productId: number
  readonly qty: number
}

/** Where an order belongs, and which hold owns it. */
export interface PlaceOfOrder {
  readonly productId: number
  readonly holdId: number
}

/** Where a payment belongs. */
export interface PlaceOfPayment {
  readonly productId: number
  readonly orderId: number
}

/**
 * Finds which product's lane a hold, order or payment belongs to, and which hold owns it. These never
 * change, so they can be read without a lock and remembered.
 */
export interface Lookups {
  placeOfHold(holdId: number): Promise<PlaceOfHold | null>
  placeOfOrder(orderId: number): Promise<PlaceOfOrder | null>
  /** The order that a payment came for, by the provider's name for it; the first one, if there are more. */
  placeOfPayment(provider: string, paymentId: string): Promise<PlaceOfPayment | null>
  /** Spares the look-up of an order that this process has just made: its payment comes next. */
  remember(order: { readonly id: number } & PlaceOfOrder): void
}

/** Orders remembered at one time, 10 MB of them; the oldest is forgotten first. */
const REMEMBERED = 100_000

/** Look-ups over PostgreSQL; all that are asked for in one turn of the event loop share a statement. */
export function createLookups(pool: pg.Pool): Lookups {
  const places = new Map<number, PlaceOfOrder>()
  const readOrder = gathered(async (orderIds) => {
    const { rows } = await pool.query<{ id: number } & PlaceOfOrder>({
      name: "places-of-orders",
      text: `
        select id, product_id as "productId", hold_id as "holdId"
          from orders
         where id = any($1::bigint[])`,
      values: [numbers(orderIds)],
    })
    return rows
  })
  const readHold = gathered(async (holdIds) => {
    const { rows } = await pool.query<{ id: number } & PlaceOfHold>({
      name: "places-of-holds",
      text: `
        select id, product_id as "productId", qty
          from holds
         where id = any($1::bigint[])`,
      values: [numbers(holdIds)],
    })
    return rows
  })

  return {
    placeOfHold: readHold,
    placeOfOrder: async (orderId) => places.get(orderId) ?? readOrder(orderId),
    async placeOfPayment(provider, paymentId) {
      const { rows } = await pool.query<PlaceOfPayment>({
        name: "place-of-payment",
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
      places.set(id, { productId, holdId })
      if (places.size <= REMEMBERED) return
      const [oldest] = places.keys()
      if (oldest !== undefined) places.delete(oldest)
    },
  }
}

/** Asks for single rows by one statement for all that are wanted at the same moment. */
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
