import pg from "pg"

/** Rows per statement. Small enough that an interrupted statement is rolled back within seconds. */
const ROWS_AT_ONCE = 250_000
/** Of ten holds that were not bought, eight expired and two were released. */
const EXPIRED_OF_TEN = 8
/** The holds are spread evenly over this number of days, the last of which was yesterday. */
const DAYS = 60

/**
 * Adds `count` holds of earlier sales to a product, all of them ended, as plain rows: a million takes
 * about five seconds. Returns the first of their ids.
 *
 * Their ids are taken from `id_blocks` like all others, and no counter includes an ended hold, so
 * `verify` finds nothing, and servers may sell at the same time.
 */
export async function addEndedHolds(databaseUrl: string, productId: number, count: number): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const firstId = await takeIds(client, count)
    for (let offset = 0; offset < count; offset += ROWS_AT_ONCE) {
      const rows = Math.min(ROWS_AT_ONCE, count - offset)
      await insertEndedHolds(client, { productId, firstId, offset, rows, count })
    }
    // Afterwards statistics and visibility map are as in a database that has aged naturally.
    await client.query("vacuum (analyze) holds")
    return firstId
  } finally {
    await client.end()
  }
}

async function takeIds(client: pg.Client, count: number): Promise<number> {
  const { rows } = await client.query<{ first: string }>({
    text: `
      update id_blocks
         set next_id = next_id + $1
       where kind = 'holds'
      returning next_id - $1 as first`,
    values: [count],
  })
  if (rows[0] === undefined) throw new Error("no ids for holds: the schema is incomplete")
  return Number(rows[0].first)
}

interface Stretch {
  readonly productId: number
  readonly firstId: number
  readonly offset: number
  readonly rows: number
  readonly count: number
}

async function insertEndedHolds(client: pg.Client, stretch: Stretch): Promise<void> {
  await client.query({
    text: `
      insert into holds (id, product_id, qty, status, expires_at, created_at, ended_at, customer_id)
      select $2::bigint + n,
             $1,
             1 + n % 2,
             ended.status,
             made.at + interval '2 minutes',
             made.at,
             made.at + case when ended.status = 'expired' then interval '2 minutes' else interval '40 seconds' end,
             case when n % 2 = 0 then 'customer-' || n % 100000 end
        from generate_series($3::bigint, $3::bigint + $4::bigint - 1) as n
       cross join lateral (
             select case when n % 10 < ${EXPIRED_OF_TEN} then 'expired' else 'released' end as status) as ended
       cross join lateral (
             select now() - make_interval(days => 1)
                    - make_interval(days => ${DAYS}) * (1 - n::float8 / $5::float8) as at) as made`,
    values: [stretch.productId, stretch.firstId, stretch.offset, stretch.rows, stretch.count],
  })
}
