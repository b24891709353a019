import type { Hold } from "../../domain/hold.ts"
import { isoTimeOrNull } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { claimantsColumn, linesColumn, metadataColumn, numbers, variantIdColumn } from "../columns.ts"
import { insertInto } from "./insert-rows.ts"
import { groupBy, type NonEmpty } from "./row-groups.ts"
import type { Tx } from "../tx.ts"

/** The hot statement, of one product or of several. */
export const insertHolds = insertInto<Hold>("holds", {
  id: ["bigint", (hold) => hold.id],
  product_id: ["bigint", (hold) => hold.productId],
  qty: ["integer", (hold) => hold.qty],
  status: ["text", (hold) => hold.status],
  expires_at: ["timestamptz", (hold) => hold.expiresAt],
  created_at: ["timestamptz", (hold) => hold.createdAt],
  ended_at: ["timestamptz", (hold) => hold.endedAt],
  customer_id: ["text", (hold) => hold.customerId],
  claimants: ["jsonb", claimantsColumn],
  unit_price_minor: ["bigint", (hold) => hold.unitPriceMinor],
  currency: ["text", (hold) => hold.currency],
  variant_id: ["bigint", variantIdColumn],
  lines: ["jsonb", linesColumn],
  reference: ["text", (hold) => hold.reference],
  metadata: ["jsonb", metadataColumn],
})

/** Ends the holds that the batch ended, a statement for each way of ending. */
export function saveEndedHolds(tx: Tx, { productId, holds }: WorkingSet): Promise<void>[] {
  const groups = groupBy(holds.changed(), (hold) => `${hold.status} ${hold.endedAt}`)
  return groups.map((group) => endHolds(tx, productId, group))
}

/** A hold ends once (I3): only an active one can. */
async function endHolds(tx: Tx, productId: number, holds: NonEmpty<Hold>): Promise<void> {
  const [{ status, endedAt }] = holds
  await tx.query({
    name: "end-holds",
    text: `
      update holds
         set status = case when status = 'active' then $3 end,
             ended_at = $4,
             ordered_with_lines = case when variant_id is not null or lines is not null then $3 = 'converted' end,
             ordered_with_claims = case when claimants is not null then $3 = 'converted' end
       where product_id = $1
         and id = any($2::bigint[])`,
    values: [productId, numbers(holds.map((hold) => hold.id)), status, isoTimeOrNull(endedAt)],
  })
}
