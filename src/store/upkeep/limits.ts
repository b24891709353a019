import type pg from "pg"

/** How many connections the server takes, from everybody together. */
export async function connectionLimit(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ limit: string }>("select current_setting('max_connections') as limit")
  return Number(rows[0]?.limit)
}
