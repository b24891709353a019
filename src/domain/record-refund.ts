import { reallocateDisputed } from "./apply-dispute.ts"
import type { RecordRefund, ExternalRefund, RefundResult } from "./commands.ts"
import { createRefund } from "./create-refund.ts"
import type { Payment } from "./payment.ts"
import type { RecordRefundRefusal } from "./refusals.ts"
import type { Refund } from "./refund.ts"
import { markRefunded, settleRefund } from "./settle-refund.ts"
import type { Instant } from "./time.ts"
import { isRefusal } from "./refusals.ts"
import type { WorkingSet } from "./working-set.ts"

/**
 * Records a refund that was made elsewhere, such as in the provider's dashboard, once by the provider's name
 * for it (I7).
 *
 * It becomes a refund with the reason `elsewhere`, of no more than is left of the payment, and the order is
 * `refunded` when its whole price is back. Where less is left than went back, the shop has done by hand what
 * was still to be done: a refund of the same amount that was not sent is then the one. Disputes hold what is
 * left beside it. Nothing is recorded of a refund that has failed before it was known.
 */
export function recordRefund(
  state: WorkingSet,
  { orderId, refund: told }: RecordRefund,
  now: Instant,
): Refund | RecordRefundRefusal {
  const payment = [...state.payments.values()].find(
    (one) => one.orderId === orderId && one.provider === told.provider && one.paymentId === told.paymentId,
  )
  if (payment === undefined) return { code: "order_unknown" }
  const refunds = refundsOf(state, payment)
  const known = refunds.find((refund) => refund.providerRefundId === told.providerRefundId)
  if (known !== undefined) return settled(state, known, told, now)
  if (told.status === "failed" || told.currency !== payment.currency) return { code: "nothing_to_refund" }

  const leftMinor = payment.amountMinor - payment.refundedMinor
  const meant = told.amountMinor > leftMinor ? refunds.find((refund) => isUnsent(refund, told)) : undefined
  if (meant !== undefined) return settled(state, meant, told, now)
  return recordNew(state, payment, { told, amountMinor: Math.min(told.amountMinor, leftMinor) }, now)
}

function recordNew(
  state: WorkingSet,
  payment: Payment,
  { told, amountMinor }: { readonly told: ExternalRefund; readonly amountMinor: number },
  now: Instant,
): Refund | RecordRefundRefusal {
  const { status, providerRefundId } = told
  if (status === "failed") return { code: "nothing_to_refund" }
  const made = { status, providerRefundId }
  const refund = createRefund(state, payment, { amountMinor, reason: "elsewhere", notBefore: now, made }, now)
  if (refund === null) return { code: "nothing_to_refund" }
  reallocateDisputed(state, payment, now)
  if (refund.status === "confirmed") markRefunded(state, payment.orderId, now)
  return refund
}

function refundsOf(state: WorkingSet, { provider, eventKey }: Payment): Refund[] {
  return [...state.refunds.values()].filter(
    (refund) => refund.provider === provider && refund.eventKey === eventKey,
  )
}

function isUnsent({ status, amountMinor }: Refund, told: ExternalRefund): boolean {
  return (
    amountMinor === told.amountMinor && (status === "due" || status === "failed" || status === "withheld")
  )
}

/** What is older than what is known already changes nothing. */
function settled(state: WorkingSet, refund: Refund, told: ExternalRefund, now: Instant): Refund {
  const { productId, orderId, number } = refund
  const result = resultOf(told)
  const outcome = settleRefund(state, { kind: "settle_refund", productId, orderId, number, result }, now)
  return isRefusal(outcome) ? refund : outcome
}

function resultOf({ status, providerRefundId, error }: ExternalRefund): RefundResult {
  return status === "failed" ? { status, error: error ?? "", providerRefundId } : { status, providerRefundId }
}
