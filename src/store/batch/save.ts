import { isoTime, type Instant } from "../../domain/time.ts"
import type { IdempotencyRecord, StockAdjustment, WorkingSet } from "../../domain/working-set.ts"
import { saveMark } from "./batch-mark.ts"
import { timestamps } from "../columns.ts"
import { saveClaims } from "./claim-rows.ts"
import { saveDetails } from "./details-rows.ts"
import { insertInto } from "./insert-rows.ts"
import { idempotencyHorizon, type LoadedBatch } from "./load.ts"
import { writeIfAny } from "./row-groups.ts"
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
  return [
    ...saveEndedHolds(tx, state),
    ...saveOrders(tx, state),
    ...saveUnpaidHolds(tx, state),
    ...saveDetails(tx, state, now),
    ...saveClaims(tx, state),
    ...writeIfAny(state.adjustments, (adjustments) => insertAdjustments(tx, adjustments)),
  ]
}

function saveRowsOfNoProduct(tx: Tx, states: readonly WorkingSet[], now: Instant): Promise<void>[] {
  const records = inKeyOrder(states.flatMap((state) => state.idempotency.added()))
  return [...saveMoney(tx, states), ...writeIfAny(records, () => insertIdempotency(tx, records, now))]
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
