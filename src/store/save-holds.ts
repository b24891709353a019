import type { Hold } from "../domain/hold.ts"
import { isoTime, isoTimeOrNull } from "../domain/time.ts"
import type { WorkingSet } from "../domain/working-set.ts"
import { moments, numbers } from "./columns.ts"
import { alike, type Alike } from "./row-groups.ts"
import type { Tx } from "./tx.ts"

/**
 * The hot statement. What a crowd asks for in one batch differs in little more than its ids; that
 * the rest is the same is said once instead of for each row.
 */
export function insertHolds(tx: Tx, holds: readonly Hold[]): Promise<void> {
  const [first] = holds
  const areAlike = first !== undefined && holds.every((hold) => isLike(hold, first))
  return areAlike ? insertNewHolds(tx, holds, first) : insertVariousHolds(tx, holds)
}

function isLike(hold: Hold, other: Hold): boolean {
  return (
    hold.status === "active" &&
    hold.productId === other.productId &&
    hold.expiresAt === other.expiresAt &&
    hold.createdAt === other.createdAt
  )
}

async function insertNewHolds(tx: Tx, holds: readonly Hold[], like: Hold): Promise<void> {
  await tx.query({
    name: "insert-new-holds",
    text: `
      insert into holds (product_id, id, qty, status, expires_at, created_at, customer_id)
      select $1, h.id, h.qty, 'active', $2, $3, h.customer_id
        from unnest($4::bigint[], $5::integer[], $6::text[]) as h (id, qty, customer_id)`,
    values: [
      like.productId,
      isoTime(like.expiresAt),
      isoTime(like.createdAt),
      numbers(holds.map((hold) => hold.id)),
      numbers(holds.map((hold) => hold.qty)),
      customers(holds),
    ],
  })
}

/** Holds of several products, or some that ended in the batch that made them. */
async function insertVariousHolds(tx: Tx, holds: readonly Hold[]): Promise<void> {
  await tx.query({
    name: "insert-various-holds",
    text: `
      insert into holds (product_id, id, qty, status, expires_at, created_at, ended_at, customer_id)
      select *
        from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::timestamptz[],
                    $6::timestamptz[], $7::timestamptz[], $8::text[])`,
    values: [
      numbers(holds.map((hold) => hold.productId)),
      numbers(holds.map((hold) => hold.id)),
      numbers(holds.map((hold) => hold.qty)),
      holds.map((hold) => hold.status),
      moments(holds.map((hold) => hold.expiresAt)),
      moments(holds.map((hold) => hold.createdAt)),
      moments(holds.map((hold) => hold.endedAt)),
      customers(holds),
    ],
  })
}

/** Null for all of them, as long as nobody says who it is. */
function customers(holds: readonly Hold[]): (string | null)[] | null {
  const named = holds.map((hold) => hold.customerId)
  return named.every((customerId) => customerId === null) ? null : named
}

/** Ends the holds that the batch ended, a statement for each way of ending. */
export function saveEndedHolds(tx: Tx, { productId, holds }: WorkingSet): Promise<void>[] {
  const groups = alike(holds.changed(), (hold) => `${hold.status} ${hold.endedAt}`)
  return groups.map((group) => endHolds(tx, productId, group))
}

/** A hold ends once (I3): only an active one can. */
async function endHolds(tx: Tx, productId: number, holds: Alike<Hold>): Promise<void> {
  const [{ status, endedAt }] = holds
  await tx.query({
    name: "end-holds",
    text: `
      update holds
         set status = case when status = 'active' then $3 end,
             ended_at = $4
       where product_id = $1
         and id = any($2::bigint[])`,
    values: [productId, numbers(holds.map((hold) => hold.id)), status, isoTimeOrNull(endedAt)],
  })
}
