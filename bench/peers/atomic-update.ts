import { HOLD_SECONDS, servePeer } from "./peer.ts"
import { countRows, createTables, insertProduct, poolOf } from "./sql.ts"

// One statement for each request: an insert that depends on an update that guards the stock.
// Durable. It does not release expired holds, sign tokens, store idempotency keys, log, or count metrics.

const pool = await poolOf(Number(process.env["POOL"] ?? 8))
await createTables(pool)

await servePeer({
  createProduct: (stock) => insertProduct(pool, stock),
  counts: (productId) => countRows(pool, productId),
  async hold(productId, qty) {
    const { rows } = await pool.query<{ id: string; createdAt: Date; expiresAt: Date }>({
      name: "hold",
      text: `
        with taken as (
          update products
             set held = held + $2
           where id = $1
             and stock - held >= $2
          returning id
        )
        insert into holds (product_id, qty, status, created_at, expires_at)
        select id, $2, 'active', now(), now() + make_interval(secs => $3)
          from taken
        returning id, created_at as "createdAt", expires_at as "expiresAt"`,
      values: [productId, qty, HOLD_SECONDS],
    })
    const [hold] = rows
    if (hold === undefined) return null
    return {
      id: Number(hold.id),
      createdAt: hold.createdAt.toISOString(),
      expiresAt: hold.expiresAt.toISOString(),
    }
  },
})
