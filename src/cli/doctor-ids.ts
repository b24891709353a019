import type pg from "pg"
import type { Finding } from "./finding.ts"

/**
 * Checks whether the database can tell its origin. Without it, ids do not jump after a failover or a restore, and the
 * database may give out ids a second time. No finding on a database without `id_origin()`, which has an older schema.
 */
export async function checkIdOrigin(pool: pg.Pool): Promise<Finding[]> {
  if (!(await hasIdOrigin(pool))) return []
  const { rows } = await pool.query<{ origin: string | null }>("select id_origin() as origin")
  return [originFinding(rows[0]?.origin ?? null)]
}

async function hasIdOrigin(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>("select to_regproc('id_origin') is not null as found")
  return rows[0]?.found === true
}

function originFinding(origin: string | null): Finding {
  const check = "ids after a failover"
  if (origin !== null) return { check, ok: true, found: "jump, so that no id is given out twice" }
  return {
    check,
    ok: true,
    weak: true,
    found:
      "do not jump, because the server withholds pg_control_system() or the position of the write-ahead log: after a failover or a restore, change TOKEN_SECRET and add 1,000,000 to every next_id of id_blocks",
  }
}
