import type pg from "pg"

/**
 * Finds which product's lane a hold or order belongs to, and which hold owns it. These never
 * change, so they can be read without a lock.
 */
export interface Lookups {
  placeOfHold(holdId: number): Promise<{ readonly productId: number; readonly qty: number } | null>
  placeOfOrder(orderId: number): Promise<{ readonly productId: number; readonly holdId: number } | null>
}

/** Look-ups over PostgreSQL. */
export function createLookups(pool: pg.Pool): Lookups {
  return {
    async placeOfHold(holdId) {
      const { rows } = await pool.query<{ productId: number; qty: number }>({
        name: "place-of-hold",
        text: `
          select product_id as "productId", qty
            from holds
           where id = $1`,
        values: [holdId],
      })
      return rows[0] ?? null
    },

    async placeOfOrder(orderId) {
      const { rows } = await pool.query<{ productId: number; holdId: number }>({
        name: "place-of-order",
        text: `
          select product_id as "productId", hold_id as "holdId"
            from orders
           where id = $1`,
        values: [orderId],
      })
      return rows[0] ?? null
    },
  }
}
