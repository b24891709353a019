import type { DisputedPayment, SimulatedPayment, SimulatedRefund } from "./records.ts"

/** The kinds of a payment's events. `attempt_failed` is the failure of an attempt that was followed by another one. */
export type PaymentEventKind = "succeeded" | "failed" | "cancelled" | "attempt_failed"

/** A payment's event, for webhooks and look-ups. The same kind of the same payment always has the same id. */
export function paymentEvent(payment: SimulatedPayment, kind: PaymentEventKind) {
  const { id, orderId, holdId, productId, qty, amountMinor, capturedMinor, currency } = payment
  return {
    id: `evt_${kind}_${id}`,
    type: kind === "attempt_failed" ? "payment.failed" : `payment.${kind}`,
    payment: {
      payment_id: id,
      order_id: orderId,
      amount_minor: kind === "succeeded" ? capturedMinor : amountMinor,
      currency,
      ...(holdId !== null && { hold_id: holdId }),
      ...(productId !== null && { product_id: productId }),
      ...(qty !== null && { quantity: qty }),
    },
  }
}

/** The event that a dispute was opened, won or lost. */
export function disputeEvent({ id: paymentId, currency, dispute }: DisputedPayment) {
  const { id, amountMinor, status } = dispute
  const change = status === "open" ? "opened" : status
  return {
    id: `evt_${change}_${id}`,
    type: `dispute.${change}`,
    dispute: { dispute_id: id, payment_id: paymentId, amount_minor: amountMinor, currency },
  }
}

/** The event that a refund has succeeded or failed. */
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
      error: hasFailed ? "the simulator was asked to let it fail" : null,
    },
  }
}
