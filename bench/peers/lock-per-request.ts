import type pg from "pg"
import { HOLD_SECONDS, servePeer } from "./peer.ts"
import { countRows, createTables, insertProduct, poolOf } from "./sql.ts"

// The textbook algorithm: for every request, lock the product's row, check the stock, write, commit.
// Durable. It does not release expired holds, sign tokens, store idempotency keys, log, or count metrics.

const pool = await poolOf(Number(process.env["POOL"] ?? 8))
await createTables(pool)

await servePeer({
  createProduct: (stock) => insertProduct(pool, stock),
  counts: (productId) => countRows(pool, productId),
  async hold(productId, qty) {
    const client = await pool.connect()
    try {
      await client.query("begin")
      const hold = await holdUnderLock(client, productId, qty)
      await client.query(hold === null ? "rollback" : "commit")
      return hold
    } finally {
      client.release()
    }
  },
})

async function holdUnderLock(client: pg.PoolClient, productId: number, qty: number) {
  const { rows } = await client.query<{ stock: number; held: number }>({
    name: "lock",
    text: `
      select stock, held
        from products
       where id = $1
         for update`,
    values: [productId],
  })
  const [product] = rows
  if (product === undefined || product.stock - product.held < qty) return null
  await client.query({
    name: "update",
    text: `
      update products
         set held = held + $2
       where id = $1`,
    values: [productId, qty],
  })
  const inserted = await client.query<{ id: string; createdAt: Date; expiresAt: Date }>({
    name: "insert",
    text: `
      insert into holds (product_id, qty, status, created_at, expires_at)
      values ($1, $2, 'active', now(), now() + make_interval(secs => $3))
      returning id, created_at as "createdAt", expires_at as "expiresAt"`,
    values: [productId, qty, HOLD_SECONDS],
  })
  const [hold] = inserted.rows
  if (hold === undefined) throw new Error("no hold came back")
  return {
    id: Number(hold.id),
    createdAt: hold.createdAt.toISOString(),
    expiresAt: hold.expiresAt.toISOString(),
  }
}
