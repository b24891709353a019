import type { RefundOrder } from "./commands.ts"
import { createRefund } from "./create-refund.ts"
import type { RefundOrderRefusal } from "./refusals.ts"
import type { Refund } from "./refund.ts"
import type { Instant } from "./time.ts"
import { restockUnits } from "./units.ts"
import type { WorkingSet } from "./working-set.ts"

/**
 * Refunds money of the payment that paid an order, and restocks units of the order.
 *
 * The units are available at once; the refund is due until it is sent to the provider. Never refunds more than
 * earlier refunds and disputes have left of the payment, and never restocks more units than were sold
 * (I2, I7).
 */
export function refundOrder(
  state: WorkingSet,
  { orderId, amountMinor, restockQty }: RefundOrder,
  now: Instant,
): Refund | RefundOrderRefusal {
  const order = state.orders.get(orderId)
  if (order === undefined) return { code: "order_not_found" }
  const payment = [...state.payments.values()].find(
    (one) => one.orderId === orderId && one.allocation === "order",
  )
  if (payment === undefined) return { code: "order_not_paid" }

  const isDisputed = payment.disputedMinor > 0
  const refundableMinor = payment.amountMinor - payment.refundedMinor - payment.disputedMinor
  const restockableQty = order.qty - order.restockedQty
  const amount = amountMinor ?? refundableMinor
  if (amount > refundableMinor) {
    return { code: isDisputed ? "payment_disputed" : "refund_over_payment", refundableMinor }
  }
  if (restockQty > restockableQty) return { code: "restock_over_order", restockableQty }
  if (restockQty > 0) {
    state.orders.replace({ ...order, restockedQty: order.restockedQty + restockQty })
    restockUnits(state, restockQty, order.customerId)
  }
  const wanted = { amountMinor: amount, restockQty, reason: "requested", notBefore: now } as const
  const refund = createRefund(state, payment, wanted, now)
  if (refund !== null) return refund
  return amountMinor === null && isDisputed
    ? { code: "payment_disputed", refundableMinor }
    : { code: "nothing_to_refund" }
}
