import type { AwaitPayment, StartPayment } from "./commands.ts"
import { orderAsOfNow } from "./expire-due.ts"
import type { Order } from "./order.ts"
import type { ExtendOrderRefusal } from "./refusals.ts"
import { instant, later, type Instant } from "./time.ts"
import type { WorkingSet } from "./working-set.ts"

/** What a buyer who has begun to pay gets, so often at most, and never past so long after the order was made. */
const ATTEMPT_SECONDS = 180
const MOST_EXTENSIONS = 2
const LATEST_END_SECONDS = 600
/** What an order gets once when its provider cannot say yet whether it is paid. */
const GRACE_SECONDS = 60

/**
 * Notes that the buyer has begun to pay, under which payment, and moves the order's deadline so that
 * there is time for it (3-D Secure, for one). Never shortens it. Nothing else but
 * {@link awaitPayment} extends anything.
 */
export function startPayment(
  state: WorkingSet,
  { orderId, payment }: StartPayment,
  now: Instant,
): Order | ExtendOrderRefusal {
  const order = pendingOrder(state, orderId, now)
  if ("code" in order) return order
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

/** Gives an order a little more time, once: its provider was asked and could not say. */
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
