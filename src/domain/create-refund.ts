import type { Payment } from "./payment.ts"
import type { Refund } from "./refund.ts"
import type { Instant } from "./time.ts"
import { orderIn, type WorkingSet } from "./working-set.ts"

/** What is to go back of a payment. */
export type Owed = Pick<Refund, "amountMinor" | "reason" | "notBefore"> &
  Partial<Pick<Refund, "restockQty">> & {
    /** Its provider has it already: nothing is to be sent. */
    readonly made?: Pick<Refund, "status" | "providerRefundId">
  }

/**
 * Notes that a part of a payment has to go back (I7), never more than came in. Nothing is to be sent
 * when it is only about units, and nothing is noted when it is about nothing.
 */
export function createRefund(
  state: WorkingSet,
  payment: Payment,
  { restockQty = 0, made, ...owed }: Owed,
  now: Instant,
): Refund | null {
  if (owed.amountMinor === 0 && restockQty === 0) return null
  const order = orderIn(state, payment.orderId)
  const { productId, orderId, provider, eventKey, paymentId, currency } = payment
  const refund: Refund = {
    productId,
    orderId,
    provider,
    eventKey,
    paymentId,
    currency,
    ...owed,
    number: order.refundCount + 1,
    restockQty,
    status: made?.status ?? (owed.amountMinor === 0 ? "confirmed" : "due"),
    attempts: 0,
    lastError: null,
    providerRefundId: made?.providerRefundId ?? null,
    reversals: 0,
    createdAt: now,
    updatedAt: now,
  }
  state.orders.replace({ ...order, refundCount: refund.number })
  state.payments.replace({ ...payment, refundedMinor: payment.refundedMinor + owed.amountMinor })
  state.refunds.add(refund)
  state.facts.push({ kind: refund.status === "due" ? "refund_due" : "refund_settled", refund })
  return refund
}
