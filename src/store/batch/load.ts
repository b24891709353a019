import { randomUUID } from "node:crypto"
import type { Hold } from "../../domain/hold.ts"
import { countsUnpaid } from "../../domain/hold-bounds.ts"
import { shortage, type Needs } from "../../domain/needs.ts"
import type { Order } from "../../domain/order.ts"
import { later, type Instant } from "../../domain/time.ts"
import type { Variant } from "../../domain/variant.ts"
import {
  emptyWorkingSet,
  type IdempotencyRecord,
  type Rules,
  type WorkingSet,
} from "../../domain/working-set.ts"
import { holdColumns, orderColumns } from "../columns.ts"
import { loadAccessCodes, loadClaims } from "./claim-rows.ts"
import { loadDueRows, loadOrder } from "./load-due.ts"
import { loadDetails } from "./details-rows.ts"
import { loadMoney } from "./load-money.ts"
import { createKnownVariants, type KnownVariants } from "./known-variants.ts"
import { loadVariants } from "./variant-rows.ts"
import { lockFreeProducts, lockProduct, type LockedProducts } from "./lock-products.ts"
import type { Tx } from "../tx.ts"
import { loadHolders } from "./unpaid-holds.ts"

/** How long an Idempotency-Key is remembered. */
export const IDEMPOTENCY_SECONDS = 24 * 60 * 60

/** What to load for one product. */
interface ProductNeeds {
  readonly productId: number
  readonly needs: Needs
}

/** What a batch has loaded of one product, and where its row is. */
export interface LoadedWorkingSet {
  readonly state: WorkingSet
  /** Where the locked version of the product's row lies (`ctid`); null: there is no such product yet. */
  readonly rowLocation: string | null
}

/** All that a transaction has locked and loaded. */
export interface LoadedBatch {
  readonly sets: readonly LoadedWorkingSet[]
  /** The database's time of the batch, never before the last change of its products and orders. */
  readonly now: Instant
  /** The transaction's own name, by which it can be found after its COMMIT (see batch-mark.ts). */
  readonly mark: string
}

/**
 * Locks the product's row, then loads the rows that `needs` names: all in one round trip on a pipelined
 * connection. A second one follows only when units are missing and held ones may be due.
 *
 * Every statement after the lock takes its snapshot after the lock, so the rows are as the last
 * batch left them. A product that does not exist is in the result, as null.
 */
export async function loadWorkingSet(
  tx: Tx,
  { productId, needs, rules }: ProductNeeds & { readonly rules: Rules },
  known: KnownVariants = createKnownVariants(),
): Promise<LoadedBatch> {
  const loading: Loading = { state: emptyWorkingSet(productId, rules), needs, variants: null }
  const [locked] = await Promise.all([lockProduct(tx, productId), ...loadNamedRows(tx, loading, known)])
  return finishLoading(tx, [loading], locked, known)
}

/**
 * As {@link loadWorkingSet} for several products, in as many round trips. It waits for no lock:
 * products that are locked, or do not exist, are left out.
 */
export async function loadWorkingSets(
  tx: Tx,
  wanted: readonly ProductNeeds[],
  rules: Rules,
  known: KnownVariants = createKnownVariants(),
): Promise<LoadedBatch> {
  const loading = wanted.map(({ productId, needs }): Loading => ({
    state: emptyWorkingSet(productId, rules),
    needs,
    variants: null,
  }))
  const [locked] = await Promise.all([
    lockFreeProducts(
      tx,
      wanted.map(({ productId }) => productId),
    ),
    ...loading.flatMap((one) => Array.from(loadNamedRows(tx, one, known))),
  ])
  const taken = loading.filter(({ state }) => locked.byId.has(state.productId))
  return finishLoading(tx, taken, locked, known)
}

/** A working set into which rows are being loaded. */
interface Loading {
  readonly state: WorkingSet
  readonly needs: Needs
  /** Null: not loaded yet. */
  variants: readonly Variant[] | null
}

/** Puts the locked products into their working sets, then loads what the commands turn out to lack. */
async function finishLoading(
  tx: Tx,
  loading: readonly Loading[],
  locked: LockedProducts,
  known: KnownVariants,
): Promise<LoadedBatch> {
  // Commands that name no variants do not say whether the product has some; the locked row does.
  const without: Loading[] = []
  for (const one of loading) {
    const row = locked.byId.get(one.state.productId)
    if (row?.hasVariants !== true) continue
    const remembered = known.of(row.product)
    one.variants ??= remembered
    if (one.variants === null) without.push(one)
  }
  if (without.length > 0) await Promise.all(without.map((one) => loadVariantsOf(tx, one)))
  const sets = loading.map((one) => takeProduct(one, locked))
  const now = notBeforeOrders(locked.now, sets)
  await Promise.all(
    loading.flatMap(({ state, needs }) => Array.from(loadShortage(tx, { state, needs, now }))),
  )
  return { sets, now, mark: randomUUID() }
}

async function loadVariantsOf(tx: Tx, loading: Loading): Promise<void> {
  loading.variants = await loadVariants(tx, loading.state.productId)
}

function takeProduct({ state, variants }: Loading, { byId }: LockedProducts): LoadedWorkingSet {
  const locked = byId.get(state.productId)
  if (locked === undefined) return { state, rowLocation: null }
  const { rowLocation, hasVariants } = locked
  const product = hasVariants ? { ...locked.product, variants } : locked.product
  state.product = product
  state.loadedProduct = product
  if (product.held === 0) state.nextDeadline = null
  return { state, rowLocation }
}

/** An order changes without its product's row, so that row does not bound the time of the order's last change. */
function notBeforeOrders(clock: Instant, sets: readonly LoadedWorkingSet[]): Instant {
  let latest = clock
  for (const { state } of sets) {
    for (const { updatedAt } of state.orders.values()) if (updatedAt > latest) latest = updatedAt
  }
  return latest
}

/**
 * Loads due rows when the commands ask for more units than are available, and the claims that an order that is paid late has to
 * respect.
 */
function* loadShortage(
  tx: Tx,
  { state, needs, now }: Omit<Loading, "variants"> & { readonly now: Instant },
): Generator<Promise<void>> {
  const missing = shortage(state, needs, now)
  const lacks =
    missing !== null && (missing.units > 0 || missing.lines.length > 0 || missing.claimants.length > 0)
  if (lacks || needs.dueLimit > 0) yield loadDueRows(tx, state, { now, missing, limit: needs.dueLimit })
  const unknown = missing?.lateClaimants.filter((claimant) => !needs.unitsByClaimant.has(claimant)) ?? []
  yield* loadClaims(tx, state, unknown)
}

function* loadNamedRows(tx: Tx, loading: Loading, known: KnownVariants): Generator<Promise<void>> {
  const { state, needs } = loading
  if (needs.variants && !known.isUseful(state.productId)) yield loadVariantsOf(tx, loading)
  if (needs.holdIds.length > 0) yield loadHolds(tx, state, needs.holdIds)
  if (needs.orderIds.length > 0 || needs.orderHoldIds.length > 0) yield loadOrders(tx, state, needs)
  if (needs.unitsByClaimant.size > 0) yield* loadClaims(tx, state, [...needs.unitsByClaimant.keys()])
  if (needs.accessCodes.length > 0) yield loadAccessCodes(tx, state, needs.accessCodes)
  if (needs.holders.length > 0 && countsUnpaid(state.rules.holdBounds))
    yield loadHolders(tx, state, needs.holders)
  yield* loadDetails(tx, state, needs)
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
