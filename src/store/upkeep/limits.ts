import type pg from "pg"

/** The number of connections that the server accepts from all its clients together. */
export async function connectionLimit(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ limit: string }>("select current_setting('max_connections') as limit")
  return Number(rows[0]?.limit)
}
