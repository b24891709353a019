import type pg from "pg"
import { transaction, type Tx } from "../tx.ts"
import { claimChecks } from "./verify-claims.ts"
import { moneyChecks, type Check } from "./verify-money.ts"
import { detailsChecks } from "./verify-details.ts"
import { variantChecks } from "./verify-variants.ts"
import { adjustmentRows, eventRows, holdRows, orderRows } from "./verify-rows.ts"

/** A violation of an invariant. */
export interface Violation {
  /** `I1` … `I8`, `I10` and `I11`, as numbered in docs/internals/invariants.md. */
  readonly invariant: string
  readonly productId: number | null
  readonly what: string
  /** The rows behind the violation, one line each, at most ten of a kind; empty if `what` names them all. */
  readonly rows: readonly string[]
}

/** The numbers of rows that were checked, and the violations. */
export interface Verification {
  readonly products: number
  readonly holds: number
  readonly orders: number
  readonly paymentEvents: number
  readonly violations: readonly Violation[]
}

/** Limits the violations that one check lists. */
const LISTED = 20
/** Milliseconds. A recount of a large database needs longer than the statements of a sale may take. */
export const RECOUNT_TIMEOUT_MS = 300_000
/** Raises the driver's own time limit, which is that of the sale's statements. */
const timeLimit = { query_timeout: RECOUNT_TIMEOUT_MS + 1_000 }

/**
 * Recounts every product from its rows and runs all checks.
 *
 * Reads one snapshot and takes no lock, so it is exact and may run during a sale.
 */
export async function verify(pool: pg.Pool): Promise<Verification> {
  return transaction(pool, async (tx) => {
    await tx.query("set transaction isolation level repeatable read, read only")
    await tx.query(`set local statement_timeout = ${RECOUNT_TIMEOUT_MS}`)
    // Serving connections avoid sequential scans (session.ts). The checks read whole tables, so they need them.
    await tx.query("set local enable_seqscan = on")
    const violations: Violation[] = []
    for (const check of checks) violations.push(...(await violationsOf(tx, check)))
    const { rows } = await tx.query<Omit<Verification, "violations">>({
      text: `
        select (select count(*) from products) as products,
               (select count(*) from holds) as holds,
               (select count(*) from orders) as orders,
               (select count(*) from payment_events) as "paymentEvents"`,
      ...timeLimit,
    })
    const [counted] = rows
    if (counted === undefined) throw new Error("the database returned no row for its counts")
    return { ...counted, violations }
  })
}

/**
 * Runs one check in the transaction's snapshot: over all rows, or only over those of `productIds`.
 */
export async function violationsOf(
  tx: Tx,
  { invariant, text }: Check,
  productIds?: readonly number[],
): Promise<Violation[]> {
  const { rows } = await tx.query<{ product_id: number | null; what: string; rows: string[] | null }>({
    // By way of jsonb, because not every check selects `rows`.
    text: `
      ${productIds === undefined ? "" : `with ${ofTheseProducts}`}
      select product_id, what, to_jsonb(found) -> 'rows' as rows
        from (${text}) as found
       limit ${LISTED}`,
    values: productIds === undefined ? [] : [productIds],
    ...timeLimit,
  })
  return rows.map((row) => ({
    invariant,
    productId: row.product_id,
    what: row.what,
    rows: row.rows ?? [],
  }))
}

/** Common table expressions that hide the tables of a check behind their rows of the given products. */
const ofTheseProducts = [
  "products",
  "variants",
  "stock_adjustments",
  "holds",
  "orders",
  "order_details",
  "product_customers",
  "claims",
  "payments",
  "refunds",
  "disputes",
]
  .map((table) => {
    const product = table === "products" ? "id" : "product_id"
    return `${table} as not materialized (select ${table}.* from ${table} where ${product} = any($1::bigint[]))`
  })
  .join(", ")

/** All checks, in the order of the invariants. */
export const checks: readonly Check[] = [
  {
    invariant: "I1",
    text: `
      select id as product_id,
             format('held is %s and sold is %s of a stock of %s', held, sold, stock) as what
        from products
       where held < 0
          or sold < 0
          or held + sold > stock`,
  },
  {
    invariant: "I1",
    text: `
      select p.id as product_id,
             format('stock is %s, but its adjustments add up to %s', p.stock, coalesce(a.stock, 0)) as what,
             ${adjustmentRows("one.product_id = p.id")} as rows
        from products p
        left join (
             select product_id, sum(stock_after - stock_before) as stock
               from stock_adjustments
              group by product_id) as a on a.product_id = p.id
       where p.stock <> coalesce(a.stock, 0)`,
  },
  {
    invariant: "I2",
    text: `
      select p.id as product_id,
             format('held is %s, but its active holds have %s and its unpaid orders %s units',
                    p.held, coalesce(h.units, 0), coalesce(o.pending, 0)) as what,
             ${holdRows("one.product_id = p.id and one.status = 'active'")}
             || ${orderRows("one.product_id = p.id and one.status = 'pending_payment'")} as rows
        from products p
        left join (
             select product_id, sum(qty) as units
               from holds
              where status = 'active'
              group by product_id) as h on h.product_id = p.id
        left join (
             select product_id, sum(quantity) as pending
               from orders
              where status = 'pending_payment'
              group by product_id) as o on o.product_id = p.id
       where p.held <> coalesce(h.units, 0) + coalesce(o.pending, 0)`,
  },
  {
    invariant: "I2",
    text: `
      select p.id as product_id,
             format('sold is %s, but its paid orders have %s units that were not restocked',
                    p.sold, coalesce(o.units, 0)) as what,
             ${orderRows("one.product_id = p.id and one.status in ('paid', 'refunded')")} as rows
        from products p
        left join (
             select product_id, sum(quantity - restocked_qty) as units
               from orders
              where status in ('paid', 'refunded')
              group by product_id) as o on o.product_id = p.id
       where p.sold <> coalesce(o.units, 0)`,
  },
  {
    invariant: "I2",
    text: `
      select product_id, format('%s belongs to no product', name) as what
        from (select product_id, 'hold ' || id as name from holds
              union all
              select product_id, 'order ' || id from orders) as row
       where not exists (select from products where id = row.product_id)`,
  },
  {
    invariant: "I3",
    text: `
      select h.product_id, format('hold %s is converted but has no order', h.id) as what
        from holds h
        left join orders o on o.hold_id = h.id and o.product_id = h.product_id
       where h.status = 'converted'
         and o.id is null`,
  },
  {
    invariant: "I3",
    text: `
      select o.product_id,
             format('order %s has %s units, but its hold %s is %s with %s units',
                    o.id, o.quantity, o.hold_id, coalesce(h.status, 'missing'), coalesce(h.qty, 0)) as what
        from orders o
        left join holds h on h.id = o.hold_id and h.product_id = o.product_id
       where h.status is distinct from 'converted'
          or h.qty <> o.quantity`,
  },
  {
    invariant: "I3",
    text: `
      select min(product_id) as product_id, format('order id %s exists %s times', id, count(*)) as what,
             ${orderRows("one.id = orders.id")} as rows
        from orders
       group by id
      having count(*) > 1`,
  },
  {
    invariant: "I3",
    text: `
      select min(product_id) as product_id, format('hold id %s exists %s times', id, count(*)) as what,
             ${holdRows("one.id = holds.id")} as rows
        from holds
       group by id
      having count(*) > 1`,
  },
  {
    invariant: "I4",
    text: `
      select p.product_id,
             format('payment of event %s (%s) has no event in the inbox that was applied to its order', p.event_key, p.provider) as what
        from payments p
        left join payment_events e on e.provider = p.provider and e.key = p.event_key
       where e.key is null
          or e.applied_order_id is distinct from p.order_id`,
  },
  {
    invariant: "I4",
    text: `
      select min(o.product_id) as product_id,
             format('order %s was paid by %s events', e.applied_order_id, count(*)) as what,
             ${eventRows("one.applied_order_id = e.applied_order_id and one.outcome = 'paid'")} as rows
        from payment_events e
        left join orders o on o.id = e.applied_order_id
       where e.outcome = 'paid'
       group by e.applied_order_id
      having count(*) > 1`,
  },
  ...variantChecks,
  ...moneyChecks,
  ...detailsChecks,
  ...claimChecks,
]
