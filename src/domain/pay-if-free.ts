import { applyPaymentEvent } from "./apply-payment-event.ts"
import type { Order } from "./order.ts"
import { FREE, type PaymentEvent } from "./payment.ts"
import type { Instant } from "./time.ts"
import type { WorkingSet } from "./working-set.ts"

/** Pays an order of 0.00 that waits for nothing else. */
export function payIfFree(state: WorkingSet, order: Order, now: Instant): void {
  const isWaiting = order.status === "pending_payment" && order.totalMinor === 0
  if (isWaiting && order.missingDetails === null) {
    applyPaymentEvent(state, freePayment(order), order.id, now)
  }
}

/**
 * The event that pays an order of 0.00. It leaves the same rows as every payment, so that each rule about paid
 * orders also holds for this one.
 */
function freePayment({ id, currency }: Order): PaymentEvent {
  return {
    provider: FREE,
    key: `order-${id}`,
    fingerprint: FREE,
    kind: "succeeded",
    orderId: id,
    paymentId: null,
    amountMinor: 0,
    currency,
    holdId: null,
    productId: null,
    quantity: null,
    disputeId: null,
  }
}
