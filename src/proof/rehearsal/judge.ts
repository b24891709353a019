import { setTimeout as sleep } from "node:timers/promises"
import type pg from "pg"
import type { HttpClient } from "../../base/http-client.ts"
import { verify } from "../../store/upkeep/verify.ts"
import { unitsOfRow, unitsText, type HoldRow } from "./hold-units.ts"
import { wrongDetails } from "./buyer-details.ts"
import { wrongPresale } from "./presale.ts"
import type { VisitLog } from "./visit-log.ts"

/** The sources that are compared after the sale. */
export interface Evidence {
  readonly pool: pg.Pool
  readonly client: HttpClient
  /** One of the servers. */
  readonly shopUrl: string
  readonly simulatorUrl: string
  readonly productIds: readonly number[]
  /** The product that is first sold to visitors with an access code. */
  readonly presaleId: number
  readonly visitLog: VisitLog
}

/** The result of the sale, and every finding against it. */
export interface Verdict {
  readonly counts: Counts
  /** All checks, with their findings in `wrong`. A check without findings has passed. */
  readonly checks: readonly Check[]
}

export interface Check {
  readonly name: string
  readonly wrong: readonly string[]
}

export interface VariantCounts {
  readonly name: string
  readonly stock: number
  readonly sold: number
  readonly left: number
}

export interface Counts {
  readonly stock: number
  readonly sold: number
  readonly left: number
  /** The variants of the product with sizes. */
  readonly variants: readonly VariantCounts[]
  readonly orders: Readonly<Record<string, number>>
  readonly holds: Readonly<Record<string, number>>
  readonly captured_minor: number
  readonly refunded_minor: number
}

/**
 * Longer than an order can wait: a payment that is too small is refunded at its order's end, up to three minutes later.
 */
const SETTLES_WITHIN_MS = 300_000
/** An order with a payment attempt waits up to three minutes. After this time the shop cancels it. */
const CANCELLED_AFTER_MS = 40_000
const ASK_EVERY_MS = 500
const IDS_AT_ONCE = 5_000

/** Waits until no hold, order, dispute, refund or webhook is open. Returns what is still open after five minutes. */
export async function settle(evidence: Evidence, onOpen: (open: string) => void): Promise<readonly string[]> {
  const { pool, client, simulatorUrl, productIds } = evidence
  const startedAt = performance.now()
  let isCancelled = false
  for (;;) {
    const { rows } = await pool.query<Record<string, number>>(
      `select (select count(*) from holds where product_id = any($1::bigint[]) and status = 'active') as "active holds",
              (select count(*) from orders where product_id = any($1::bigint[]) and status = 'pending_payment') as "unpaid orders",
              (select count(*) from disputes where product_id = any($1::bigint[]) and status = 'open') as "open disputes",
              (select count(*) from refunds where product_id = any($1::bigint[]) and ${isOpen}) as "open refunds"`,
      [productIds],
    )
    const { totals, webhooks } = await booksOf(client, simulatorUrl)
    const open = {
      ...rows[0],
      "webhooks on their way": webhooks.waiting,
      "payments under way": totals.filter((sums) => sums.pending_minor > 0).length,
      "refunds under way": totals.filter((sums) => sums.refund_pending_minor > 0).length,
    }
    const left = Object.entries(open).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []))
    if (left.length === 0) return []
    onOpen(left.join(", "))
    await retryRefunds(evidence)
    const waited = performance.now() - startedAt
    if (waited > CANCELLED_AFTER_MS && !isCancelled) {
      isCancelled = true
      await cancelUnpaid(evidence)
    }
    if (waited > SETTLES_WITHIN_MS) return left
    await sleep(ASK_EVERY_MS)
  }
}

/** A refund that was withheld because a bank took more of its payment than was left: the buyer has the money. */
const isCovered = `
  refunds.status = 'failed' and exists (
  select
    from disputes d
   where d.provider = refunds.provider
     and d.event_key = refunds.event_key
     and d.status <> 'won'
     and d.amount_minor > d.held_minor)`
const isOpen = `status <> 'confirmed' and not (${isCovered})`

/** Retries failed refunds, as an operator does in the money inbox: a provider refuses them while a dispute is open. */
async function retryRefunds({ pool, client, shopUrl, productIds }: Evidence): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select order_id || '-' || number as name
       from refunds
      where product_id = any($1::bigint[])
        and status = 'failed'
        and not (${isCovered})`,
    [productIds],
  )
  for (const { name } of rows) await client.send("POST", `${shopUrl}/api/admin/refunds/${name}/retry`)
}

async function cancelUnpaid({ pool, client, shopUrl, productIds }: Evidence): Promise<void> {
  const { rows } = await pool.query<{ id: number }>(
    "select id from orders where product_id = any($1::bigint[]) and status = 'pending_payment'",
    [productIds],
  )
  for (const { id } of rows) await client.send("POST", `${shopUrl}/api/orders/${id}/cancel`, { body: {} })
}

/** Compares the answers to visitors, the rows of the database, and the provider's books. */
export async function judge(evidence: Evidence, unsettled: readonly string[]): Promise<Verdict> {
  const { pool, visitLog } = evidence
  const { violations } = await verify(pool)
  return {
    counts: await count(evidence),
    checks: [
      {
        name: "every invariant holds, recounted from the rows",
        wrong: violations.map(({ invariant, what }) => `${invariant}: ${what}`),
      },
      { name: "no answer was wrong", wrong: visitLog.findings },
      { name: "every acknowledged hold exists", wrong: await missingHolds(evidence) },
      { name: "every acknowledged order exists", wrong: await missingOrders(evidence) },
      { name: "every released hold stayed released", wrong: await notReleased(evidence) },
      {
        name: "every paid order has its details or stands in the money inbox",
        wrong: await wrongDetails(evidence),
      },
      {
        name: "nobody without a code held units in the presale",
        wrong: await wrongPresale(pool, evidence.presaleId),
      },
      { name: "the provider's books and ours agree", wrong: await differencesOfBooks(evidence) },
      { name: "nothing is left open", wrong: unsettled },
    ],
  }
}

async function count({ pool, productIds }: Evidence): Promise<Counts> {
  const { rows } = await pool.query<Counts>(
    `select sum(p.stock)::int as stock, sum(p.sold)::int as sold, sum(p.stock - p.held - p.sold)::int as left,
            (select coalesce(jsonb_agg(
                      jsonb_build_object('name', name, 'stock', stock, 'sold', sold, 'left', stock - held - sold)
                      order by position, id), '[]')
               from variants
              where product_id = any($1::bigint[])) as variants,
            (select coalesce(jsonb_object_agg(status, n), '{}')
               from (select status, count(*) as n from orders where product_id = any($1::bigint[]) group by status) as o) as orders,
            (select coalesce(jsonb_object_agg(status, n), '{}')
               from (select status, count(*) as n from holds where product_id = any($1::bigint[]) group by status) as h) as holds,
            (select coalesce(sum(amount_minor), 0)::float8 from payments where product_id = any($1::bigint[])) as captured_minor,
            (select coalesce(sum(amount_minor), 0)::float8
               from refunds
              where product_id = any($1::bigint[])
                and status = 'confirmed') as refunded_minor
       from products p
      where p.id = any($1::bigint[])
     having count(*) > 0`,
    [productIds],
  )
  const [counts] = rows
  if (counts === undefined) throw new Error("the rehearsal's product is gone")
  return counts
}

async function missingHolds({ pool, productIds, visitLog: { acknowledged } }: Evidence): Promise<string[]> {
  const found = new Map<number, string>()
  for (const ids of inChunks(acknowledged.holds.map(({ id }) => id))) {
    const { rows } = await pool.query<HoldRow>(
      `select id, qty, variant_id as "variantId", lines
         from holds
        where id = any($1::bigint[])
          and product_id = any($2::bigint[])`,
      [ids, productIds],
    )
    for (const row of rows) found.set(row.id, unitsOfRow(row))
  }
  const wrong = acknowledged.holds.filter(
    (hold) => found.get(hold.id) !== unitsText(hold.quantity, hold.lines),
  )
  const twice = acknowledged.holds.length - new Set(acknowledged.holds.map(({ id }) => id)).size
  return [
    ...wrong.map(
      ({ id, quantity, lines }) =>
        `hold ${id} was acknowledged with ${unitsText(quantity, lines)} units and has ${found.get(id) ?? "no row"}`,
    ),
    ...(twice === 0 ? [] : [`${twice} holds were acknowledged to two visitors`]),
  ]
}

async function missingOrders({ pool, productIds, visitLog: { acknowledged } }: Evidence): Promise<string[]> {
  const found = new Map<number, number>()
  for (const ids of inChunks(acknowledged.orders.map(({ id }) => id))) {
    const { rows } = await pool.query<{ id: number; hold_id: number }>(
      "select id, hold_id from orders where id = any($1::bigint[]) and product_id = any($2::bigint[])",
      [ids, productIds],
    )
    for (const { id, hold_id } of rows) found.set(id, hold_id)
  }
  return acknowledged.orders
    .filter(({ id, holdId }) => found.get(id) !== holdId)
    .map(
      ({ id, holdId }) =>
        `order ${id} of hold ${holdId} was acknowledged and ${found.has(id) ? "belongs to another hold" : "does not exist"}`,
    )
}

async function notReleased({ pool, productIds, visitLog: { acknowledged } }: Evidence): Promise<string[]> {
  const wrong: string[] = []
  for (const ids of inChunks(acknowledged.released)) {
    const { rows } = await pool.query<{ id: number; status: string }>(
      "select id, status from holds where id = any($1::bigint[]) and product_id = any($2::bigint[]) and status <> 'released'",
      [ids, productIds],
    )
    wrong.push(...rows.map(({ id, status }) => `hold ${id} was released and is ${status}`))
  }
  return wrong
}

interface Books {
  readonly totals: readonly { readonly pending_minor: number; readonly refund_pending_minor: number }[]
  readonly webhooks: { readonly waiting: number }
  readonly orders: readonly Account[]
  readonly next_from: number | null
}

interface Account {
  readonly order_id: number
  readonly captured_minor: number
  readonly refunded_minor: number
  readonly disputed_minor: number
}

async function booksOf(client: HttpClient, url: string, from = 0): Promise<Books> {
  const { status, body } = await client.send("GET", `${url}/books?from=${from}`)
  if (status !== 200) throw new Error(`the simulator's books answered ${status}`)
  return body as Books
}

/** Compares for each order, to the cent, what was captured and what went back or was disputed. */
async function differencesOfBooks({ pool, client, simulatorUrl }: Evidence): Promise<string[]> {
  const { rows } = await pool.query<{ order_id: number; captured: number; refunded: number }>(`
    with returned as (
      select provider, event_key, sum(amount_minor) as minor
        from refunds
       where status = 'confirmed' or ${isCovered}
       group by provider, event_key)
    select e.order_id,
           sum(p.amount_minor)::float8 as captured,
           sum(coalesce(r.minor, 0) + p.disputed_minor)::float8 as refunded
      from payments p
      join payment_events e on e.provider = p.provider and e.key = p.event_key
      left join returned r on r.provider = p.provider and r.event_key = p.event_key
     where p.provider = 'simulator'
     group by e.order_id`)
  const ours = new Map(rows.map((row) => [row.order_id, row]))
  const wrong: string[] = []
  for (let from: number | null = 0; from !== null;) {
    const page: Books = await booksOf(client, simulatorUrl, from)
    for (const { order_id, captured_minor, ...account } of page.orders) {
      const refunded_minor = account.refunded_minor + account.disputed_minor
      const { captured = 0, refunded = 0 } = ours.get(order_id) ?? {}
      ours.delete(order_id)
      if (captured === captured_minor && refunded === refunded_minor) continue
      wrong.push(
        `order ${order_id}: the provider has ${captured_minor} and gave back ${refunded_minor}, we have ${captured} and ${refunded}`,
      )
    }
    from = page.next_from
  }
  return [
    ...wrong,
    ...[...ours.keys()].map((id) => `order ${id} has a payment that the provider does not know`),
  ]
}

function* inChunks(ids: readonly number[]): Generator<number[]> {
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) yield ids.slice(start, start + IDS_AT_ONCE)
}
