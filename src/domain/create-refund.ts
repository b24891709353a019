import type { Payment } from "./payment.ts"
import type { Refund } from "./refund.ts"
import type { Instant } from "./time.ts"
import { orderIn, type WorkingSet } from "./working-set.ts"

/** A refund to be created, and optionally the units to restock with it. */
export type NewRefund = Pick<Refund, "amountMinor" | "reason" | "notBefore"> &
  Partial<Pick<Refund, "restockQty">> & {
    /** The provider has made the refund already, so nothing is to be sent. */
    readonly made?: Pick<Refund, "status" | "providerRefundId">
  }

/**
 * Creates a refund of a part of a payment (I7); the caller makes sure that this part is left. A refund that
 * only restocks units is confirmed at once, because nothing is to be sent. Returns null, and creates nothing,
 * when there is neither an amount nor a unit.
 */
export function createRefund(
  state: WorkingSet,
  payment: Payment,
  { restockQty = 0, made, ...wanted }: NewRefund,
  now: Instant,
): Refund | null {
  if (wanted.amountMinor === 0 && restockQty === 0) return null
  const order = orderIn(state, payment.orderId)
  const { productId, orderId, provider, eventKey, paymentId, currency } = payment
  const refund: Refund = {
    productId,
    orderId,
    provider,
    eventKey,
    paymentId,
    currency,
    ...wanted,
    number: order.refundCount + 1,
    restockQty,
    status: made?.status ?? (wanted.amountMinor === 0 ? "confirmed" : "due"),
    attempts: 0,
    lastError: null,
    providerRefundId: made?.providerRefundId ?? null,
    reversals: 0,
    createdAt: now,
    updatedAt: now,
  }
  state.orders.replace({ ...order, refundCount: refund.number })
  state.payments.replace({ ...payment, refundedMinor: payment.refundedMinor + wanted.amountMinor })
  state.refunds.add(refund)
  state.facts.push({ kind: refund.status === "due" ? "refund_due" : "refund_settled", refund })
  return refund
}
