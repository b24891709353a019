import type pg from "pg"
import { CHUNK_ROWS } from "./retention.ts"

/** Removes a chunk of the codes that have ended and whose mails no longer count. Returns the number of rows. */
export async function removeOldCodes(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query({
    name: "remove-old-codes",
    text: `
      delete from mail_codes
       where mailbox in (
             select mailbox
               from mail_codes
              where ends_at < clock_timestamp()
                and counted_from < clock_timestamp() - interval '1 hour'
              limit ${CHUNK_ROWS}
                for update skip locked)`,
  })
  return rowCount ?? 0
}
