import type { Order } from "../../domain/order.ts"
import { isoTime, isoTimeOrNull } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { claimantsColumn, linesColumn, metadataColumn, numbers, variantIdColumn } from "../columns.ts"
import { insertInto } from "./insert-rows.ts"
import { groupBy, writeIfAny, type NonEmpty } from "./row-groups.ts"
import type { Tx } from "../tx.ts"

/** Writes new and changed orders. */
export function saveOrders(tx: Tx, { productId, orders }: WorkingSet): Promise<void>[] {
  const ended: Order[] = []
  const changed: Order[] = []
  for (const order of orders.changed())
    (isJustEnded(order, orders.before(order)) ? ended : changed).push(order)
  const byEnd = groupBy(ended, ({ status, paidAt, updatedAt }) => `${status} ${paidAt} ${updatedAt}`)
  return [
    ...writeIfAny(orders.added(), (added) => insertOrders(tx, added)),
    // The insert leaves out the columns that few orders change in the batch that makes them.
    ...orders.added().flatMap((order) => (hasHistory(order) ? [changeOrder(tx, order, order)] : [])),
    ...byEnd.map((group) => endOrders(tx, productId, group)),
    ...changed.map((order) => changeOrder(tx, order, orders.before(order))),
  ]
}

function hasHistory({ late, restockedQty, refundCount, paymentAttempts }: Order): boolean {
  return late || restockedQty > 0 || refundCount > 0 || paymentAttempts > 0
}

/** True for the usual change: a pending order was paid, cancelled or expired, and nothing else about it changed. */
function isJustEnded(order: Order, before: Order): boolean {
  return (
    before.status === "pending_payment" &&
    order.status !== "pending_payment" &&
    !order.late &&
    order.restockedQty === before.restockedQty &&
    order.refundCount === before.refundCount &&
    order.expiresAt === before.expiresAt &&
    order.paymentAttempts === before.paymentAttempts &&
    order.reference === before.reference &&
    order.metadata === before.metadata &&
    order.language === before.language &&
    order.missingDetails === before.missingDetails
  )
}

const insertOrders = insertInto<Order>("orders", {
  product_id: ["bigint", (order) => order.productId],
  id: ["bigint", (order) => order.id],
  hold_id: ["bigint", (order) => order.holdId],
  customer_id: ["text", (order) => order.customerId],
  claimants: ["jsonb", claimantsColumn],
  quantity: ["integer", (order) => order.qty],
  unit_price_minor: ["bigint", (order) => order.unitPriceMinor],
  total_minor: ["bigint", (order) => order.totalMinor],
  currency: ["text", (order) => order.currency],
  status: ["text", (order) => order.status],
  origin: ["text", (order) => order.origin],
  expires_at: ["timestamptz", (order) => order.expiresAt],
  paid_at: ["timestamptz", (order) => order.paidAt],
  variant_id: ["bigint", variantIdColumn],
  lines: ["jsonb", linesColumn],
  reference: ["text", (order) => order.reference],
  metadata: ["jsonb", metadataColumn],
  missing_details: ["jsonb", missingColumn],
  language: ["text", (order) => order.language],
  created_at: ["timestamptz", (order) => order.createdAt],
  updated_at: ["timestamptz", (order) => order.updatedAt],
})

function missingColumn({ missingDetails }: Order): string | null {
  return missingDetails === null ? null : JSON.stringify(missingDetails)
}

/** An order ends once (I3): only a pending order can end. */
async function endOrders(tx: Tx, productId: number, orders: NonEmpty<Order>): Promise<void> {
  const [{ status, paidAt, updatedAt }] = orders
  await tx.query({
    name: "end-orders",
    text: `
      update orders
         set status = case when status = 'pending_payment' then $3 end,
             paid_at = $4,
             updated_at = $5
       where product_id = $1
         and id = any($2::bigint[])`,
    values: [
      productId,
      numbers(orders.map((order) => order.id)),
      status,
      isoTimeOrNull(paidAt),
      isoTime(updatedAt),
    ],
  })
}

/** Writes every other change of an order, if its status is still the loaded one. */
async function changeOrder(tx: Tx, order: Order, before: Order): Promise<void> {
  await tx.query({
    name: "change-order",
    text: `
      update orders
         set status = case when status = $3 then $4 end,
             paid_at = $5,
             late = $6,
             restocked_qty = $7,
             refund_count = $8,
             expires_at = $9,
             updated_at = $10,
             payment_attempts = $11,
             attempt_provider = $12,
             attempt_payment_id = $13,
             awaited = $14,
             lines = $15,
             missing_details = $16,
             reference = $17,
             metadata = $18,
             language = $19
       where product_id = $1
         and id = $2`,
    values: [
      order.productId,
      order.id,
      before.status,
      order.status,
      isoTimeOrNull(order.paidAt),
      order.late,
      order.restockedQty,
      order.refundCount,
      isoTime(order.expiresAt),
      isoTime(order.updatedAt),
      order.paymentAttempts,
      order.attempt?.provider ?? null,
      order.attempt?.paymentId ?? null,
      order.awaited,
      linesColumn(order),
      missingColumn(order),
      order.reference,
      metadataColumn(order),
      order.language,
    ],
  })
}
