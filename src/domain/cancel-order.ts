import type { CancelOrder } from "./commands.ts"
import { expireOrder } from "./expire-due.ts"
import { isDueOrder, type Order } from "./order.ts"
import type { CancelOrderRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import { returnHeldUnits } from "./units.ts"
import type { WorkingSet } from "./working-set.ts"

/** Cancels an unpaid order at the buyer's request. Cancelling it again returns the same cancelled order. */
export function cancelOrder(
  state: WorkingSet,
  command: CancelOrder,
  now: Instant,
): Order | CancelOrderRefusal {
  const order = state.orders.get(command.orderId)
  if (order === undefined) return { code: "order_not_found" }
  if (order.status === "cancelled") return order
  if (order.status === "expired") return { code: "order_expired" }
  if (order.status !== "pending_payment") return { code: "order_not_pending" }
  if (isDueOrder(order, now)) {
    expireOrder(state, order, now)
    return { code: "order_expired" }
  }
  return endUnpaidOrder(state, order, now, command.byShop === true ? { byShop: true } : {})
}

/** Cancels an order that waits for payment and makes its units available. */
export function endUnpaidOrder(
  state: WorkingSet,
  order: Order,
  now: Instant,
  by: { readonly byShop?: true } = {},
): Order {
  const cancelled: Order = { ...order, status: "cancelled", updatedAt: now }
  state.orders.replace(cancelled)
  returnHeldUnits(state, order)
  state.facts.push({ kind: "order_cancelled", order: cancelled, ...by })
  return cancelled
}
