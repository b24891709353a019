import type { DisputedPayment, SimulatedPayment, SimulatedRefund } from "./books.ts"

/** What a webhook tells of a payment. `attempt_failed`: of an attempt that was followed by another one. */
export type PaymentHappening = "succeeded" | "failed" | "cancelled" | "attempt_failed"

/** A payment's event as it is sent and looked up; the same each time it is made, its id included. */
export function paymentEvent(payment: SimulatedPayment, happening: PaymentHappening) {
  const { id, orderId, holdId, productId, quantity, amountMinor, capturedMinor, currency } = payment
  return {
    id: `evt_${happening}_${id}`,
    type: happening === "attempt_failed" ? "payment.failed" : `payment.${happening}`,
    payment: {
      payment_id: id,
      order_id: orderId,
      amount_minor: happening === "succeeded" ? capturedMinor : amountMinor,
      currency,
      ...(holdId !== null && { hold_id: holdId }),
      ...(productId !== null && { product_id: productId }),
      ...(quantity !== null && { quantity }),
    },
  }
}

/** The event that a dispute was opened, won or lost. */
export function disputeEvent({ id: paymentId, currency, dispute }: DisputedPayment) {
  const { id, amountMinor, status } = dispute
  const happening = status === "open" ? "opened" : status
  return {
    id: `evt_${happening}_${id}`,
    type: `dispute.${happening}`,
    dispute: { dispute_id: id, payment_id: paymentId, amount_minor: amountMinor, currency },
  }
}

/** The event that a refund is back, or has failed. */
export function refundEvent({ id, reference, paymentId, amountMinor, currency, status }: SimulatedRefund) {
  const hasFailed = status === "failed"
  return {
    id: `evt_${status}_${id}`,
    type: `refund.${status}`,
    refund: {
      refund_id: id,
      reference,
      payment_id: paymentId,
      amount_minor: amountMinor,
      currency,
      error: hasFailed ? "the simulator was told to let it fail" : null,
    },
  }
}
