import type { AwaitPayment, StartPayment } from "./commands.ts"
import { orderAsOfNow } from "./expire-due.ts"
import type { Order } from "./order.ts"
import type { ExtendOrderRefusal, StartPaymentRefusal } from "./refusals.ts"
import { instant, later, type Instant } from "./time.ts"
import type { WorkingSet } from "./working-set.ts"

/** How much a payment attempt extends the deadline, how many attempts do so, and the latest deadline after creation. */
const ATTEMPT_SECONDS = 180
const MOST_EXTENSIONS = 2
const LATEST_END_SECONDS = 600
/** The single extension of an order whose provider cannot say yet whether it is paid. */
const GRACE_SECONDS = 60

/**
 * Records that the buyer has begun to pay, and with which payment. Extends the order's deadline to leave time
 * for it, such as for 3-D Secure; never shortens it. Refuses as long as details are missing that the product requires:
 * money that arrives all the same is taken. Only this and {@link awaitPayment} extend a deadline.
 */
export function startPayment(
  state: WorkingSet,
  { orderId, payment }: StartPayment,
  now: Instant,
): Order | StartPaymentRefusal {
  const order = pendingOrder(state, orderId, now)
  if ("code" in order) return order
  if (order.missingDetails !== null) return { code: "details_required", missing: order.missingDetails }
  const extended = Math.min(
    later(order.expiresAt, ATTEMPT_SECONDS),
    later(order.createdAt, LATEST_END_SECONDS),
  )
  const mayExtend = order.paymentAttempts < MOST_EXTENSIONS
  const started: Order = {
    ...order,
    expiresAt: mayExtend ? instant(Math.max(order.expiresAt, extended)) : order.expiresAt,
    paymentAttempts: order.paymentAttempts + 1,
    attempt: payment ?? order.attempt,
    updatedAt: now,
  }
  state.orders.replace(started)
  return started
}

/** Extends the deadline of an order once, because its provider was asked and cannot say yet whether it is paid. */
export function awaitPayment(
  state: WorkingSet,
  { orderId }: AwaitPayment,
  now: Instant,
): Order | ExtendOrderRefusal {
  const order = pendingOrder(state, orderId, now)
  if ("code" in order || order.awaited) return order
  const awaited: Order = {
    ...order,
    expiresAt: later(order.expiresAt, GRACE_SECONDS),
    awaited: true,
    updatedAt: now,
  }
  state.orders.replace(awaited)
  return awaited
}

function pendingOrder(state: WorkingSet, orderId: number, now: Instant): Order | ExtendOrderRefusal {
  const known = state.orders.get(orderId)
  if (known === undefined) return { code: "order_not_found" }
  const order = orderAsOfNow(state, known, now)
  if (order.status === "expired") return { code: "order_expired" }
  return order.status === "pending_payment" ? order : { code: "order_not_pending" }
}
