import pg from "pg"
import type { Counts } from "./peer.ts"

/** The tables of the peers over PostgreSQL: a counter, and a row for each hold. */
export async function createTables(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create table products (
      id     bigint   generated always as identity primary key,
      stock  integer  not null,
      held   integer  not null default 0 check (held <= stock)
    ) with (fillfactor = 50);
    create table holds (
      id          bigint       generated always as identity primary key,
      product_id  bigint       not null,
      qty         integer      not null,
      status      text         not null,
      created_at  timestamptz  not null,
      expires_at  timestamptz  not null
    );
    create index on holds (product_id, expires_at) where status = 'active'`)
}

/** Opens a pool and all of its connections. */
export async function poolOf(size: number): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: size, min: size })
  const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()))
  for (const client of clients) client.release()
  return pool
}

export async function insertProduct(pool: pg.Pool, stock: number): Promise<number> {
  const { rows } = await pool.query<{ id: string }>("insert into products (stock) values ($1) returning id", [
    stock,
  ])
  return Number(rows[0]?.id)
}

export async function countRows(pool: pg.Pool, productId: number): Promise<Counts> {
  const { rows } = await pool.query<{ counter: number; rows: string }>(
    `
      select held as counter,
             (select coalesce(sum(qty), 0)
                from holds
               where product_id = $1) as rows
        from products
       where id = $1`,
    [productId],
  )
  return { counter: Number(rows[0]?.counter), rows: Number(rows[0]?.rows) }
}
