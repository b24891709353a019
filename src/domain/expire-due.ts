import type { ExpireDue, Sweep } from "./commands.ts"
import { isDueHold, type Hold } from "./hold.ts"
import { isDueOrder, type Order } from "./order.ts"
import type { Instant } from "./time.ts"
import { returnHeldUnits } from "./units.ts"
import type { WorkingSet } from "./working-set.ts"

/** Ends every loaded hold and unpaid order whose time is over, and makes their units available. */
export function expireDue(state: WorkingSet, command: ExpireDue, now: Instant): Sweep {
  const { holds, orders, units } = reclaimDue(state, now)
  return { holds, orders, units, more: holds + orders >= command.limit }
}

/**
 * Does the work of {@link expireDue}. Also used by commands that are short of units or of a customer's limit,
 * which ending due rows may free. Idempotent.
 */
export function reclaimDue(state: WorkingSet, now: Instant): Omit<Sweep, "more"> {
  let [holds, orders, units] = [0, 0, 0]
  for (const hold of state.holds.values()) {
    if (!isDueHold(hold, now)) continue
    expireHold(state, hold, now)
    holds += 1
    units += hold.qty
  }
  for (const order of state.orders.values()) {
    if (!isDueOrder(order, now)) continue
    expireOrder(state, order, now)
    orders += 1
    units += order.qty
  }
  return { holds, orders, units }
}

/** Expires one active hold and makes its units available. */
export function expireHold(state: WorkingSet, hold: Hold, now: Instant): void {
  const expired: Hold = { ...hold, status: "expired", endedAt: now }
  state.holds.replace(expired)
  returnHeldUnits(state, hold)
  state.facts.push({ kind: "hold_expired", hold: expired })
}

/** Returns the order as of `now`: expires it first if it is due. */
export function orderAsOfNow(state: WorkingSet, order: Order, now: Instant): Order {
  return isDueOrder(order, now) ? expireOrder(state, order, now) : order
}

/** Expires one unpaid order and makes its units available. */
export function expireOrder(state: WorkingSet, order: Order, now: Instant): Order {
  const expired: Order = { ...order, status: "expired", updatedAt: now }
  state.orders.replace(expired)
  returnHeldUnits(state, order)
  state.facts.push({ kind: "order_expired", order: expired })
  return expired
}
