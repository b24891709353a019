import { randomUUID } from "node:crypto"
import type { Hold } from "../../domain/hold.ts"
import { shortage, type Needs } from "../../domain/needs.ts"
import type { Order } from "../../domain/order.ts"
import type { Product } from "../../domain/product.ts"
import { later, type Instant } from "../../domain/time.ts"
import {
  emptyWorkingSet,
  type CustomerUnits,
  type IdempotencyRecord,
  type Rules,
  type WorkingSet,
} from "../../domain/working-set.ts"
import { holdColumns, orderColumns, productColumns } from "../columns.ts"
import { loadDueRows, loadOrder } from "./load-due.ts"
import { loadMoney } from "./load-money.ts"
import { rememberMark, rememberPlace } from "./row-place.ts"
import type { Tx } from "../tx.ts"

/** How long an Idempotency-Key is remembered. */
export const IDEMPOTENCY_SECONDS = 24 * 60 * 60

/** What to load for one product. */
interface Wanted {
  readonly productId: number
  readonly needs: Needs
}

/**
 * Locks the product's row, then loads what `needs` names: all in one round trip on a pipelined
 * connection. A second one follows only when units are missing and held ones may be due.
 *
 * Every statement after the lock takes its snapshot after the lock, so the rows are as the last
 * batch left them. `now` is the database's time under the lock, and never earlier than the last change of the
 * product or of an order that was loaded.
 */
export async function loadWorkingSet(
  tx: Tx,
  { productId, needs, rules }: Wanted & { readonly rules: Rules },
): Promise<{ state: WorkingSet; now: Instant }> {
  const state = emptyWorkingSet(productId, rules)
  const [clock] = await Promise.all([lockProduct(tx, state), ...loadNamedRows(tx, state, needs)])
  const now = notBeforeOrders(clock, [state])
  await Promise.all(loadWhatIsShort(tx, { state, needs, now }))
  return { state, now }
}

/**
 * As {@link loadWorkingSet} for several products, in as many round trips. It waits for no lock:
 * products that are locked, or do not exist, are left out.
 */
export async function loadWorkingSets<W extends Wanted>(
  tx: Tx,
  wanted: readonly W[],
  rules: Rules,
): Promise<{ states: Map<W, WorkingSet>; now: Instant }> {
  const states = new Map(wanted.map((one) => [one, emptyWorkingSet(one.productId, rules)]))
  const [clock] = await Promise.all([
    lockFreeProducts(tx, [...states.values()]),
    ...[...states].flatMap(([{ needs }, state]) => Array.from(loadNamedRows(tx, state, needs))),
  ])
  for (const [one, state] of states) if (state.product === null) states.delete(one)
  const now = notBeforeOrders(clock, states.values())
  await Promise.all(
    [...states].flatMap(([{ needs }, state]) => Array.from(loadWhatIsShort(tx, { state, needs, now }))),
  )
  return { states, now }
}

/**
 * The lock is the law: whatever happens to this product waits here for its turn.
 *
 * Each batch leaves a version of the row behind, and a transaction that somebody keeps open keeps all of
 * them: the newest is looked at first, or finding it would take longer with every batch.
 */
async function lockProduct(tx: Tx, state: WorkingSet): Promise<Instant> {
  const { rows } = await tx.query<LockedRow>({
    name: "lock-product",
    // The clock is read outside the locking query: inside, it would be read before the wait. Where it has been
    // set back, time stands still until it has caught up with the last change of the product.
    text: `
      with locked as materialized (
        select ${productColumns}, ctid::text as place
          from products
         where id between $1 and $1
         order by id desc
         limit 1
           for update
      )
      select greatest(clock_timestamp(), locked."updatedAt") as now, locked.*
        from (values (1)) as always
        left join locked on true`,
    values: [state.productId],
  })
  return takeProducts(rows, [state])
}

/** Whoever holds one of these locks must not keep the others waiting. */
async function lockFreeProducts(tx: Tx, states: readonly WorkingSet[]): Promise<Instant> {
  const { rows } = await tx.query<LockedRow>({
    name: "lock-free-products",
    text: `
      with locked as materialized (
        select newest.*
          from unnest($1::bigint[]) as wanted (id)
         cross join lateral (
               select ${productColumns}, ctid::text as place
                 from products
                where id between wanted.id and wanted.id
                order by id desc
                limit 1
                  for update skip locked) as newest
      )
      select greatest(clock_timestamp(), locked."updatedAt") as now, locked.*
        from (values (1)) as always
        left join locked on true`,
    values: [states.map((state) => state.productId)],
  })
  return takeProducts(rows, states)
}

type LockedRow = Product & { now: Instant; place: string }

/** Puts locked products into their sets; the moment at which all of them were locked. */
function takeProducts(rows: readonly LockedRow[], states: readonly WorkingSet[]): Instant {
  const byId = new Map(states.map((state) => [state.productId, state]))
  const mark = randomUUID()
  for (const state of states) rememberMark(state, mark)
  let latest: Instant | null = null
  for (const { now, place, ...product } of rows) {
    if (latest === null || now > latest) latest = now
    const state = byId.get(product.id)
    if (state === undefined) continue
    state.product = product
    state.loadedProduct = product
    rememberPlace(state, place)
    if (product.held === 0) state.nextDeadline = null
  }
  if (latest === null) throw new Error("the database did not tell the time")
  return latest
}

/** An order changes without its product's row, so that says nothing about the order's last moment. */
function notBeforeOrders(clock: Instant, states: Iterable<WorkingSet>): Instant {
  let latest = clock
  for (const state of states) {
    for (const { updatedAt } of state.orders.values()) if (updatedAt > latest) latest = updatedAt
  }
  return latest
}

interface Loaded {
  readonly state: WorkingSet
  readonly needs: Needs
  readonly now: Instant
}

function* loadWhatIsShort(tx: Tx, { state, needs, now }: Loaded): Generator<Promise<void>> {
  const missing = shortage(state, needs, now)
  const lacks = missing !== null && (missing.units > 0 || missing.customerIds.length > 0)
  if (lacks || needs.dueLimit > 0) yield loadDueRows(tx, state, { now, missing, limit: needs.dueLimit })
  const unknown = missing?.latePayers.filter((customerId) => !needs.unitsByCustomer.has(customerId)) ?? []
  if (unknown.length > 0) yield loadCustomers(tx, state, unknown)
}

function* loadNamedRows(tx: Tx, state: WorkingSet, needs: Needs): Generator<Promise<void>> {
  if (needs.holdIds.length > 0) yield loadHolds(tx, state, needs.holdIds)
  if (needs.orderIds.length > 0 || needs.orderHoldIds.length > 0) yield loadOrders(tx, state, needs)
  if (needs.unitsByCustomer.size > 0) yield loadCustomers(tx, state, [...needs.unitsByCustomer.keys()])
  yield* loadMoney(tx, state, needs)
  if (needs.idempotency.length > 0) yield loadIdempotency(tx, state, needs.idempotency)
}

async function loadHolds(tx: Tx, state: WorkingSet, ids: readonly number[]): Promise<void> {
  const { rows } = await tx.query<Hold>({
    name: "load-holds",
    text: `
      select ${holdColumns}
        from holds
       where product_id = $1
         and id = any($2::bigint[])`,
    values: [state.productId, ids],
  })
  for (const hold of rows) state.holds.load(hold)
}

async function loadOrders(tx: Tx, state: WorkingSet, needs: Needs): Promise<void> {
  const { rows } = await tx.query<Order>({
    name: "load-orders",
    // Two selects: with one condition for both, PostgreSQL reads all orders of the product.
    text: `
      (select ${orderColumns}
         from orders
        where product_id = $1
          and id = any($2::bigint[]))
      union
      (select ${orderColumns}
         from orders
        where product_id = $1
          and hold_id = any($3::bigint[]))`,
    values: [state.productId, needs.orderIds, needs.orderHoldIds],
  })
  for (const order of rows) loadOrder(state, order)
}

async function loadCustomers(tx: Tx, state: WorkingSet, customerIds: readonly string[]): Promise<void> {
  const { rows } = await tx.query<CustomerUnits>({
    name: "load-customers",
    text: `
      select customer_id as "customerId", units, unit_limit as "unitLimit"
        from product_customers
       where product_id = $1
         and customer_id = any($2::text[])`,
    values: [state.productId, customerIds],
  })
  for (const customer of rows) state.customers.load(customer)
}

async function loadIdempotency(tx: Tx, state: WorkingSet, named: Needs["idempotency"]): Promise<void> {
  const { rows } = await tx.query<IdempotencyRecord>({
    name: "load-idempotency",
    text: `
      select scope, key, fingerprint, outcome, created_at as "createdAt"
        from idempotency_keys
       where scope = any($1::text[])
         and key = any($2::text[])
         and (scope, key) in (select * from unnest($1::text[], $2::text[]))
         and created_at > clock_timestamp() - make_interval(secs => $3)`,
    values: [named.map((record) => record.scope), named.map((record) => record.key), IDEMPOTENCY_SECONDS],
  })
  for (const record of rows) state.idempotency.load(record)
}

/** The moment before which idempotency records may be written over. */
export function idempotencyHorizon(now: Instant): Instant {
  return later(now, -IDEMPOTENCY_SECONDS)
}
