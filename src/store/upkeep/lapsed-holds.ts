import type pg from "pg"
import { CHUNK_ROWS } from "./retention.ts"

/** For how long a lapsed hold's row is kept: longer than it counts. */
const LAPSED_KEPT_SECONDS = 3_600

/** Removes a chunk of what has long lapsed. Returns the number of rows. */
export async function removeLapsedHolds(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query({
    name: "remove-lapsed-holds",
    text: `
      delete from unpaid_holds
       where (product_id, hold_id) in (
             select product_id, hold_id
               from unpaid_holds
              where ends_at < clock_timestamp() - make_interval(secs => $1)
              limit ${CHUNK_ROWS}
                for update skip locked)`,
    values: [LAPSED_KEPT_SECONDS],
  })
  return rowCount ?? 0
}
