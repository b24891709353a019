import { isoTime, type Instant } from "../../domain/time.ts"
import type {
  CustomerUnits,
  IdempotencyRecord,
  StockAdjustment,
  WorkingSet,
} from "../../domain/working-set.ts"
import { saveMark } from "./batch-mark.ts"
import { timestamps, numbers } from "../columns.ts"
import { saveDetails } from "./details-rows.ts"
import { insertInto } from "./insert-rows.ts"
import { idempotencyHorizon, type LoadedBatch } from "./load.ts"
import { groupBy, writeIfAny, type NonEmpty } from "./row-groups.ts"
import { insertHolds, saveEndedHolds } from "./save-holds.ts"
import { inKeyOrder, saveMoney } from "./save-money.ts"
import { saveOrders } from "./save-orders.ts"
import { saveProducts } from "./save-product.ts"
import { saveUnpaidHolds } from "./unpaid-holds.ts"
import type { Tx } from "../tx.ts"

/**
 * Writes what a batch changed, a statement for each kind of row, all in one round trip. Rows that nearly every
 * batch has, and rows that belong to no product, are written in one statement for all products of the batch; the
 * rest product by product.
 *
 * COMMIT travels in the same round trip, so a write that must not happen has to fail by itself: each
 * update names the state it changes from, and where the row is in another state it writes null into
 * a column that must not be null. That rolls the batch back. Returns an empty list if there is nothing to write.
 */
export function saveChanges(tx: Tx, { sets, mark, now }: LoadedBatch): Promise<void>[] {
  const states = sets.map(({ state }) => state)
  const writes = [
    ...saveProducts(tx, sets, now),
    ...writeIfAny(
      states.flatMap((state) => state.holds.added()),
      (holds) => insertHolds(tx, holds),
    ),
    ...states.flatMap((state) => saveRowsOfProduct(tx, state, now)),
    ...saveRowsOfNoProduct(tx, states, now),
  ]
  return writes.length === 0 ? [] : [...writes, ...saveMark(tx, states, { mark, now })]
}

function saveRowsOfProduct(tx: Tx, state: WorkingSet, now: Instant): Promise<void>[] {
  const { productId } = state
  return [
    ...saveEndedHolds(tx, state),
    ...saveOrders(tx, state),
    ...saveUnpaidHolds(tx, state),
    ...saveDetails(tx, state, now),
    ...writeIfAny([...state.customers.added(), ...state.customers.changed()], (customers) =>
      saveCustomers(tx, productId, customers),
    ),
    ...groupBy([...state.customerReturns], ([, units]) => units).map((returns) =>
      returnUnits(tx, productId, returns),
    ),
    ...writeIfAny(state.adjustments, (adjustments) => insertAdjustments(tx, adjustments)),
  ]
}

function saveRowsOfNoProduct(tx: Tx, states: readonly WorkingSet[], now: Instant): Promise<void>[] {
  const records = inKeyOrder(states.flatMap((state) => state.idempotency.added()))
  return [...saveMoney(tx, states), ...writeIfAny(records, () => insertIdempotency(tx, records, now))]
}

async function saveCustomers(tx: Tx, productId: number, customers: readonly CustomerUnits[]): Promise<void> {
  await tx.query({
    name: "save-customers",
    text: `
      insert into product_customers (product_id, customer_id, units, unit_limit)
      select $1, c.*
        from unnest($2::text[], $3::integer[], $4::integer[]) as c
      on conflict (product_id, customer_id) do update
         set units = excluded.units,
             unit_limit = excluded.unit_limit`,
    values: [
      productId,
      customers.map((customer) => customer.customerId),
      numbers(customers.map((customer) => customer.units)),
      numbers(customers.map((customer) => customer.unitLimit)),
    ],
  })
}

async function returnUnits(tx: Tx, productId: number, returns: NonEmpty<[string, number]>): Promise<void> {
  const [[, units]] = returns
  await tx.query({
    name: "return-customer-units",
    text: `
      update product_customers
         set units = units - $3
       where product_id = $1
         and customer_id = any($2::text[])`,
    values: [productId, returns.map(([customerId]) => customerId), units],
  })
}

const insertAdjustments = insertInto<StockAdjustment>("stock_adjustments", {
  product_id: ["bigint", (adjustment) => adjustment.productId],
  id: ["bigint", (adjustment) => adjustment.id],
  variant_id: ["bigint", (adjustment) => adjustment.variantId],
  stock_before: ["integer", (adjustment) => adjustment.stockBefore],
  stock_after: ["integer", (adjustment) => adjustment.stockAfter],
  created_at: ["timestamptz", (adjustment) => adjustment.createdAt],
})

/** Overwrites records whose time is over. A younger one fails the batch, which is then tried again and finds it. */
async function insertIdempotency(tx: Tx, records: readonly IdempotencyRecord[], now: Instant): Promise<void> {
  await tx.query({
    name: "insert-idempotency",
    text: `
      insert into idempotency_keys (scope, key, fingerprint, outcome, created_at)
      select *
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
      on conflict (scope, key) do update
         set fingerprint = excluded.fingerprint,
             outcome = excluded.outcome,
             created_at = case when idempotency_keys.created_at <= $6 then excluded.created_at end`,
    values: [
      records.map((record) => record.scope),
      records.map((record) => record.key),
      records.map((record) => record.fingerprint),
      records.map((record) => record.outcome),
      timestamps(records.map((record) => record.createdAt)),
      isoTime(idempotencyHorizon(now)),
    ],
  })
}
