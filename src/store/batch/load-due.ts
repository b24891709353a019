import type { Hold } from "../../domain/hold.ts"
import type { Shortage } from "../../domain/needs.ts"
import type { Order } from "../../domain/order.ts"
import { isoTime, type Instant } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { holdColumns, orderColumns } from "../columns.ts"
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
  const customerIds = missing?.customerIds ?? []
  const [dueHolds, dueOrders] = await Promise.all([
    loadDueHolds(tx, state, { now, due, customerIds }),
    loadDueOrders(tx, state, { now, due, customerIds }),
    loadNextDeadline(tx, state, now),
  ])
  // As many as the limit: more rows may be due, so the next deadline is now and the next batch looks for them.
  if (dueHolds >= due || dueOrders >= due) state.nextDeadline = now
}

interface Due {
  readonly now: Instant
  readonly due: number
  readonly customerIds: readonly string[]
}

/**
 * Returns how many rows were due. Without the condition on the number of customers, the second select would read
 * all due rows even when no customer is asked for.
 */
async function loadDueHolds(tx: Tx, state: WorkingSet, { now, due, customerIds }: Due): Promise<number> {
  const { rows } = await tx.query<Hold>({
    name: "load-due-holds",
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
          and customer_id = any($4::text[]))`,
    values: [state.productId, isoTime(now), due, customerIds],
  })
  for (const hold of rows) if (state.holds.get(hold.id) === undefined) state.holds.load(hold)
  return rows.length
}

/** As {@link loadDueHolds}. */
async function loadDueOrders(tx: Tx, state: WorkingSet, { now, due, customerIds }: Due): Promise<number> {
  const { rows } = await tx.query<Order>({
    name: "load-due-orders",
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
          and customer_id = any($4::text[]))`,
    values: [state.productId, isoTime(now), due, customerIds],
  })
  for (const order of rows) if (state.orders.get(order.id) === undefined) loadOrder(state, order)
  return rows.length
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
