import { HOLD_SECONDS, momentsFrom, servePeer } from "./peer.ts"
import { poolOf } from "./sql.ts"

// A row for each unit, taken with SKIP LOCKED, so that no request waits for another one.
// Durable. It does not sign tokens, store idempotency keys, log, or count metrics. A unit is a row, so a product
// of a million units is a million rows; the same statement could take an expired one again.

const pool = await poolOf(Number(process.env["POOL"] ?? 8))
await pool.query(`
  create sequence products;
  create sequence holds;
  create table units (
    product_id  bigint       not null,
    id          bigint       not null,
    hold_id     bigint,
    expires_at  timestamptz,
    primary key (product_id, id)
  );
  create index on units (product_id, id) where hold_id is null`)

await servePeer({
  async createProduct(stock) {
    const { rows } = await pool.query<{ id: string }>("select nextval('products') as id")
    const id = Number(rows[0]?.id)
    await pool.query("insert into units (product_id, id) select $1, generate_series(1, $2)", [id, stock])
    await pool.query("analyze units")
    return id
  },
  async counts(productId) {
    const { rows } = await pool.query<{ units: string }>(
      "select count(*) as units from units where product_id = $1 and hold_id is not null",
      [productId],
    )
    const units = Number(rows[0]?.units)
    return { counter: units, rows: units }
  },
  async hold(productId, qty) {
    const moments = momentsFrom(Date.now())
    const { rows } = await pool.query<{ id: string }>({
      name: "hold",
      text: `
        with free as materialized (
          select id
            from units
           where product_id = $1
             and hold_id is null
           limit $2
             for update skip locked
        ),
        hold as materialized (
          select nextval('holds') as id
           where (select count(*) from free) = $2
        )
        update units
           set hold_id = hold.id,
               expires_at = now() + make_interval(secs => $3)
          from free, hold
         where units.product_id = $1
           and units.id = free.id
        returning hold.id`,
      values: [productId, qty, HOLD_SECONDS],
    })
    const [hold] = rows
    return hold === undefined ? null : { id: Number(hold.id), ...moments }
  },
})
