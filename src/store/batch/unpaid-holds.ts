import { countsUnpaid, LAPSE_SECONDS, type HolderUnits } from "../../domain/hold-bounds.ts"
import type { Order } from "../../domain/order.ts"
import { isoTime, type Instant } from "../../domain/time.ts"
import type { WorkingSet } from "../../domain/working-set.ts"
import { numbers } from "../columns.ts"
import type { Tx } from "../tx.ts"
import { insertInto } from "./insert-rows.ts"
import { groupBy, writeIfAny, type NonEmpty } from "./row-groups.ts"

/** Loads how many units the holders have, by the database's clock. */
export async function loadHolders(tx: Tx, state: WorkingSet, holders: readonly number[]): Promise<void> {
  const { rows } = await tx.query<HolderUnits & { holder: number }>({
    name: "load-holders",
    text: `
      select holder,
             coalesce(sum(qty) filter (where ends_at > clock.now), 0)::integer as unpaid,
             min(ends_at) filter (where ends_at > clock.now) as "endsAt",
             coalesce(sum(qty) filter (where ends_at <= clock.now), 0)::integer as lapsed,
             min(ends_at) filter (where ends_at <= clock.now) as "lapsedAt"
        from unpaid_holds
       cross join (select clock_timestamp() as now) as clock
       where product_id = $1
         and holder = any($2::bigint[])
         and ends_at > clock.now - make_interval(secs => $3)
       group by holder`,
    values: [state.productId, numbers([...new Set(holders)]), LAPSE_SECONDS],
  })
  for (const { holder, ...units } of rows) state.holders.set(holder, units)
}

interface UnpaidHold {
  readonly productId: number
  readonly holdId: number
  readonly holder: number
  readonly qty: number
  readonly endsAt: Instant
}

/**
 * Writes which holds have become, have stayed and are no longer unpaid. What lapses is not written: its row stays, past its time.
 * Writes nothing where the installation binds no holds.
 */
export function saveUnpaidHolds(tx: Tx, state: WorkingSet): Promise<void>[] {
  if (!countsUnpaid(state.rules.holdBounds)) return []
  const { productId, holds, orders, holderByHold } = state
  const written = [
    ...orders.added(),
    ...orders.changed().filter((order) => hasMoved(order, orders.before(order))),
  ]
  const pending = written.filter(({ status }) => status === "pending_payment")
  const endOf = new Map(pending.map(({ holdId, expiresAt }) => [holdId, expiresAt]))
  const settled = [
    ...written.filter(isSettled).map(({ holdId }) => holdId),
    ...[...holds.added(), ...holds.changed()].filter(isReleased).map(({ id }) => id),
  ]
  const isGone = new Set(settled)

  const made: UnpaidHold[] = []
  for (const { id, qty, expiresAt } of holds.added()) {
    const holder = holderByHold.get(id)
    if (holder === undefined || isGone.has(id)) continue
    made.push({ productId, holdId: id, holder, qty, endsAt: endOf.get(id) ?? expiresAt })
  }
  const isMade = new Set(made.map(({ holdId }) => holdId))
  const extended = groupBy(
    pending.filter(({ holdId }) => !isMade.has(holdId)),
    ({ expiresAt }) => expiresAt,
  )
  return [
    ...writeIfAny(made, (rows) => insertUnpaid(tx, rows)),
    ...extended.map((group) => extend(tx, productId, group)),
    ...writeIfAny(settled, (ids) => remove(tx, productId, ids)),
  ]
}

/** Most changes of an order, such as new details or a refund, are none of its status or deadline. */
function hasMoved(order: Order, before: Order): boolean {
  return order.status !== before.status || order.expiresAt !== before.expiresAt
}

/** An order that has expired is not settled: its units have lapsed. */
function isSettled({ status }: Order): boolean {
  return status !== "pending_payment" && status !== "expired"
}

function isReleased({ status }: { readonly status: string }): boolean {
  return status === "released"
}

const insertUnpaid = insertInto<UnpaidHold>("unpaid_holds", {
  product_id: ["bigint", (row) => row.productId],
  hold_id: ["bigint", (row) => row.holdId],
  holder: ["bigint", (row) => row.holder],
  qty: ["integer", (row) => row.qty],
  ends_at: ["timestamptz", (row) => row.endsAt],
})

async function extend(tx: Tx, productId: number, orders: NonEmpty<Order>): Promise<void> {
  const [{ expiresAt }] = orders
  await tx.query({
    name: "extend-unpaid-holds",
    text: `
      update unpaid_holds
         set ends_at = $3
       where product_id = $1
         and hold_id = any($2::bigint[])`,
    values: [productId, numbers(orders.map(({ holdId }) => holdId)), isoTime(expiresAt)],
  })
}

async function remove(tx: Tx, productId: number, holdIds: readonly number[]): Promise<void> {
  await tx.query({
    name: "remove-unpaid-holds",
    text: `
      delete from unpaid_holds
       where product_id = $1
         and hold_id = any($2::bigint[])`,
    values: [productId, numbers(holdIds)],
  })
}
