import type { SimulatedPayment, SimulatedRefund } from "./books.ts"
import type { CashierRefusal, NewRefund } from "./cashier.ts"

/** Why so much of a payment cannot go back, or null. */
export function refundObstacle(
  payment: SimulatedPayment,
  order: Pick<NewRefund, "amountMinor" | "currency">,
): CashierRefusal | null {
  if (payment.status !== "succeeded") return "payment not captured"
  if (payment.currency !== order.currency) return "wrong currency"
  const goneMinor = payment.refundedMinor + payment.disputedMinor
  return goneMinor + order.amountMinor > payment.capturedMinor ? "more than captured" : null
}

/** True when a refund is asked for once more under its key, as it was. */
export function isSame(known: SimulatedRefund, order: NewRefund): boolean {
  return (
    known.reference === order.reference &&
    known.paymentId === order.paymentId &&
    known.amountMinor === order.amountMinor &&
    known.currency === order.currency
  )
}
