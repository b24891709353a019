import type { SetDetails } from "./commands.ts"
import { detailsErrors, isNothing, missingDetails, type Details, type OrderDetails } from "./details.ts"
import { orderAsOfNow } from "./expire-due.ts"
import type { Order } from "./order.ts"
import { payIfFree } from "./pay-if-free.ts"
import type { SetDetailsRefusal } from "./refusals.ts"
import type { Instant } from "./time.ts"
import { orderIn, productOf, type WorkingSet } from "./working-set.ts"

/**
 * Replaces the buyer's details of an order, and says anew what is missing. The owner may do so while the order waits for
 * payment, because afterwards the shop may have begun to send it. An order of 0.00 is paid once nothing is missing.
 */
export function setDetails(
  state: WorkingSet,
  { orderId, details, by }: SetDetails,
  now: Instant,
): Order | SetDetailsRefusal {
  const known = state.orders.get(orderId)
  if (known === undefined) return { code: "order_not_found" }
  if (state.details.get(orderId)?.erased === true) return { code: "details_erased" }
  const order = orderAsOfNow(state, known, now)
  if (by === "owner" && order.status === "expired") return { code: "order_expired" }
  if (by === "owner" && order.status !== "pending_payment") return { code: "order_not_pending" }
  const errors = detailsErrors(productOf(state).collect, details)
  if (errors.length > 0) return { code: "details_invalid", errors }

  payIfFree(state, storeDetails(state, order, details), now)
  return orderIn(state, orderId)
}

/** Stores the details of an order, and what is missing. Returns the changed order. */
export function storeDetails(state: WorkingSet, order: Order, details: Details): Order {
  const row = { orderId: order.id, erased: false, ...details }
  if (state.details.get(order.id) === undefined) state.details.add(row)
  else state.details.replace(row)
  const changed = { ...order, missingDetails: missingDetails(productOf(state).collect, details) }
  state.orders.replace(changed)
  return changed
}

/** True for an order whose buyer has told nothing yet, and whose details were not erased. */
export function isUntold(row: OrderDetails | undefined): boolean {
  return row === undefined || (!row.erased && isNothing(row))
}
