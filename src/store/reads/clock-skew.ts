import type pg from "pg"

/**
 * Returns by how many seconds this host's clock is ahead of the database's; negative: it is behind. The answer is taken to
 * have been made in the middle of the question's round trip, so it is wrong by half of that at most.
 */
export async function readClockSkew(pool: pg.Pool): Promise<number> {
  // The wait for a free connection is no part of the round trip.
  const client = await pool.connect()
  try {
    const before = Date.now()
    const { rows } = await client.query<{ ms: number }>({
      name: "read-clock-skew",
      text: `select extract(epoch from clock_timestamp())::float8 * 1000 as ms`,
    })
    const middle = (before + Date.now()) / 2
    const [row] = rows
    if (row === undefined) throw new Error("the database did not tell its time")
    return (middle - row.ms) / 1_000
  } finally {
    client.release()
  }
}
