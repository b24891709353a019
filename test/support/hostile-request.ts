import pg from "pg"
import type { TestAnswer, TestClient, TestRequest } from "./http.ts"

/** A hostile request and the refusal that it must get. */
export interface HostileRequest extends TestRequest {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly code: string
  /** Further members of the problem document. */
  readonly members?: object
}

/** Sends the hostile request. */
export function sendHostile(client: TestClient, wanted: HostileRequest): Promise<TestAnswer> {
  return client.send(wanted.method, wanted.path, wanted)
}

/** Everything that a request could change, as one value to compare. */
export async function snapshotOf(database: pg.Client): Promise<unknown> {
  const { rows } = await database.query(`
    select (select json_agg(p order by p.id) from products p) as products,
           (select json_agg(h order by h.id) from holds h) as holds,
           (select json_agg(o order by o.id) from orders o) as orders,
           (select json_agg(e order by e.key) from payment_events e) as events,
           (select json_agg(m order by m.event_key) from payments m) as payments,
           (select json_agg(c order by c.mailbox) from mail_codes c) as codes,
           (select count(*) from claimed_order_ids) as claims,
           (select count(*) from stock_adjustments) as adjustments`)
  return rows
}

/** Opens a connection to the database for {@link snapshotOf}. */
export async function openSnapshots(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  return client
}
