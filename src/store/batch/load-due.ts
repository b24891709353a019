import { customerOfClaimant } from "../../domain/claims.ts"
import type { Hold } from "../../domain/hold.ts"
import type { Shortage } from "../../domain/needs.ts"
import type { WantedLine } from "../../domain/lines.ts"
import type { Order } from "../../domain/order.ts"
import { isoTime, type Instant } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { holdColumns, numbers, orderColumns } from "../columns.ts"
import type { Tx } from "../tx.ts"

/** The most due rows that one batch expires; the rest follow in the next batches. */
const RECLAIM_LIMIT = 2_000

/**
 * Loads the due holds and orders whose units can cover the shortage `missing`, and the deadline of the next ones.
 * `limit`: load at least so many due holds and as many orders, even without a shortage.
 */
export async function loadDueRows(
  tx: Tx,
  state: WorkingSet,
  { now, missing, limit }: { now: Instant; missing: Shortage | null; limit: number },
): Promise<void> {
  const due = Math.min(RECLAIM_LIMIT, Math.max(limit, missing?.units ?? 0))
  const claimants = missing?.claimants ?? []
  const customerIds = claimants.flatMap((claimant) => customerOfClaimant(claimant) ?? [])
  const others = claimants.filter((claimant) => customerOfClaimant(claimant) === null)
  const lines = (missing?.lines ?? []).map(({ variantId, qty }) => ({
    variantId,
    qty: Math.min(RECLAIM_LIMIT, qty),
  }))
  const [dueHolds, dueOrders] = await Promise.all([
    loadDueHolds(tx, state, { now, due, customerIds, others, lines }),
    loadDueOrders(tx, state, { now, due, customerIds, others, lines }),
    // Where only claims lack units, rows of others that are due stay unknown, and so does the next deadline.
    due > 0 || lines.length > 0 ? loadNextDeadline(tx, state, now) : null,
  ])
  // As many as the limit: more rows may be due, so the next deadline is now and the next batch looks for them.
  if (areAll(dueHolds, { due, lines }) || areAll(dueOrders, { due, lines })) state.nextDeadline = now
}

/** Whether as many rows were loaded as were asked for, at all or of one of the variants. */
function areAll(rows: readonly (Hold | Order)[], { due, lines }: Pick<Due, "due" | "lines">): boolean {
  const isOf = (row: Hold | Order, variantId: number) =>
    row.lines?.some((line) => line.variantId === variantId)
  return (
    (due > 0 && rows.length >= due) ||
    lines.some(({ variantId, qty }) => rows.filter((row) => isOf(row, variantId)).length >= qty)
  )
}

interface Due {
  readonly now: Instant
  readonly due: number
  readonly customerIds: readonly string[]
  /** Claimants that are no customers. */
  readonly others: readonly string[]
  /** Of each of these variants, as many rows as units, because the first of all due rows may be of other variants. */
  readonly lines: readonly WantedLine[]
}

/**
 * Returns the rows that were due. Without the condition on the number of customers, the second select would read
 * all due rows even when no customer is asked for.
 */
async function loadDueHolds(tx: Tx, state: WorkingSet, asked: Due): Promise<readonly Hold[]> {
  const { now, due, customerIds } = asked
  const further = furtherRows({ ...asked, table: "holds", status: "active", columns: holdColumns })
  const { rows } = await tx.query<Hold>({
    name: `load-due-holds${further.name}`,
    text: `
      (select ${holdColumns}
         from holds
        where product_id = $1
          and status = 'active'
          and expires_at <= $2
        order by expires_at
        limit $3)
      union
      (select ${holdColumns}
         from holds
        where product_id = $1
          and status = 'active'
          and expires_at <= $2
          and cardinality($4::text[]) > 0
          and customer_id = any($4::text[]))${further.text}`,
    values: [state.productId, isoTime(now), due, customerIds, ...further.values],
  })
  for (const hold of rows) if (state.holds.get(hold.id) === undefined) state.holds.load(hold)
  return rows
}

interface DueTable {
  readonly table: "holds" | "orders"
  readonly status: string
  readonly columns: string
}

/** What the statement for due rows has besides, for what few batches ask for; its parameters begin at $5. */
function furtherRows(asked: Pick<Due, "lines" | "others"> & DueTable) {
  const ofVariants = asked.lines.length > 0
  const ofClaims = asked.others.length > 0
  return {
    name: `${ofVariants ? "-of-variants" : ""}${ofClaims ? "-of-claims" : ""}`,
    text: `${ofVariants ? dueOfVariants(asked) : ""}${ofClaims ? dueOfClaims(asked, ofVariants ? 7 : 5) : ""}`,
    values: [...(ofVariants ? variantValues(asked.lines) : []), ...(ofClaims ? [asked.others] : [])],
  }
}

function dueOfClaims({ table, status, columns }: DueTable, parameter: number): string {
  return `
      union
      (select ${columns}
         from ${table}
        where product_id = $1
          and status = '${status}'
          and expires_at <= $2
          and claimants ?| $${parameter}::text[])`
}

/** The due rows of each wanted variant, the first ones first. `lines @>` finds the baskets that name it. */
function dueOfVariants({ table, status, columns }: DueTable): string {
  return `
      union
      (select of_variant.*
         from unnest($5::bigint[], $6::integer[]) as wanted (wanted_id, wanted_qty)
        cross join lateral (
          select ${columns}
            from ${table}
           where product_id = $1
             and status = '${status}'
             and expires_at <= $2
             and (variant_id = wanted_id or lines @> jsonb_build_array(jsonb_build_object('variantId', wanted_id)))
           order by expires_at
           limit wanted_qty) as of_variant)`
}

function variantValues(lines: readonly WantedLine[]) {
  return [numbers(lines.map(({ variantId }) => variantId)), numbers(lines.map(({ qty }) => qty))]
}

/** As {@link loadDueHolds}. */
async function loadDueOrders(tx: Tx, state: WorkingSet, asked: Due): Promise<readonly Order[]> {
  const { now, due, customerIds } = asked
  const further = furtherRows({ ...asked, table: "orders", status: "pending_payment", columns: orderColumns })
  const { rows } = await tx.query<Order>({
    name: `load-due-orders${further.name}`,
    text: `
      (select ${orderColumns}
         from orders
        where product_id = $1
          and status = 'pending_payment'
          and expires_at <= $2
        order by expires_at
        limit $3)
      union
      (select ${orderColumns}
         from orders
        where product_id = $1
          and status = 'pending_payment'
          and expires_at <= $2
          and cardinality($4::text[]) > 0
          and customer_id = any($4::text[]))${further.text}`,
    values: [state.productId, isoTime(now), due, customerIds, ...further.values],
  })
  for (const order of rows) if (state.orders.get(order.id) === undefined) loadOrder(state, order)
  return rows
}

async function loadNextDeadline(tx: Tx, state: WorkingSet, now: Instant): Promise<void> {
  const { rows } = await tx.query<{ nextDeadline: Instant | null }>({
    name: "load-next-deadline",
    text: `
      select least(
        (select min(expires_at)
           from holds
          where product_id = $1
            and status = 'active'
            and expires_at > $2),
        (select min(expires_at)
           from orders
          where product_id = $1
            and status = 'pending_payment'
            and expires_at > $2)) as "nextDeadline"`,
    values: [state.productId, isoTime(now)],
  })
  state.nextDeadline = rows[0]?.nextDeadline ?? null
}

/** Puts a loaded order into the working set, and lists it under its hold. */
export function loadOrder(state: WorkingSet, order: Order): void {
  state.orders.load(order)
  state.orderIdByHold.set(order.holdId, order.id)
}
