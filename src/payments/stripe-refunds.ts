import type { Stripe } from "stripe"
import type { RefundInstruction, RefundReport } from "./provider.ts"
import { amountNotPossible, isFinal, messageOf } from "./stripe-errors.ts"
import { errorOfRefund, REFUND_ID, statusOfRefund } from "./stripe-events.ts"
import { amountForStripe } from "./stripe-money.ts"

/**
 * Sends a refund, unless the payment already has a refund of that name which has not failed.
 *
 * Stripe forgets idempotency keys after a day, and a refund may be sent again much later: if the answer was lost, or if
 * the shop asks for it. So this first searches the payment's refunds for Doorbuster's name.
 */
export async function sendRefund(stripe: Stripe, instruction: RefundInstruction): Promise<RefundReport> {
  const { refundId, orderId, paymentId, amountMinor, currency, idempotencyKey } = instruction
  const amount = amountForStripe(amountMinor, currency)
  if (amount === null) return { status: "failed", error: amountNotPossible(amountMinor, currency) }
  try {
    const before = await earlierRefunds(stripe, paymentId, refundId)
    if (before.open !== null) return reportOf(before.open)
    const sent = await stripe.refunds.create(
      {
        payment_intent: paymentId,
        amount,
        metadata: { [REFUND_ID]: refundId, order_id: String(orderId) },
      },
      // With the key of a failed refund, Stripe would only return that refund again.
      { idempotencyKey: before.failed === 0 ? idempotencyKey : `${idempotencyKey}-after-${before.failed}` },
    )
    return reportOf(sent)
  } catch (error) {
    return { status: isFinal(error) ? "failed" : "not now", error: messageOf(error) }
  }
}

interface EarlierRefunds {
  /** The refund that is pending or has succeeded; null if there is none. */
  readonly open: Stripe.Refund | null
  /** How many have failed. */
  readonly failed: number
}

async function earlierRefunds(stripe: Stripe, paymentId: string, refundId: string): Promise<EarlierRefunds> {
  let failed = 0
  for await (const one of stripe.refunds.list({ payment_intent: paymentId, limit: 100 })) {
    if (one.metadata?.[REFUND_ID] !== refundId) continue
    if (statusOfRefund(one) !== "failed") return { open: one, failed }
    failed += 1
  }
  return { open: null, failed }
}

function reportOf(refund: Stripe.Refund): RefundReport {
  const status = statusOfRefund(refund)
  if (status === null) {
    return { status: "not now", error: `Stripe's answer has no known status of refund ${refund.id}` }
  }
  if (status === "failed") return { status, error: errorOfRefund(refund), providerRefundId: refund.id }
  return { status, providerRefundId: refund.id }
}
