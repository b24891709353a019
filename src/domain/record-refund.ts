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
 * Records a refund that was made outside Doorbuster, such as in the provider's dashboard, once per refund id
 * of the provider (I7).
 *
 * It becomes a refund with the reason `elsewhere`, of no more than is left of the payment. The order is
 * `refunded` once its whole price is refunded. When more was refunded than is left, the shop has probably
 * made a pending refund by hand: an unsent refund of the same amount then takes the result, and none is
 * created. The disputes of the payment are reduced to what is left. A refund that had failed before it was
 * reported is not recorded.
 */
export function recordRefund(
  state: WorkingSet,
  { orderId, refund: report }: RecordRefund,
  now: Instant,
): Refund | RecordRefundRefusal {
  const payment = [...state.payments.values()].find(
    (one) =>
      one.orderId === orderId && one.provider === report.provider && one.paymentId === report.paymentId,
  )
  if (payment === undefined) return { code: "order_unknown" }
  const refunds = refundsOf(state, payment)
  const known = refunds.find((refund) => refund.providerRefundId === report.providerRefundId)
  if (known !== undefined) return settled(state, known, report, now)
  if (report.status === "failed" || report.currency !== payment.currency) return { code: "nothing_to_refund" }

  const leftMinor = payment.amountMinor - payment.refundedMinor
  const pending =
    report.amountMinor > leftMinor ? refunds.find((refund) => isUnsent(refund, report)) : undefined
  if (pending !== undefined) return settled(state, pending, report, now)
  return recordNew(state, payment, { report, amountMinor: Math.min(report.amountMinor, leftMinor) }, now)
}

function recordNew(
  state: WorkingSet,
  payment: Payment,
  { report, amountMinor }: { readonly report: ExternalRefund; readonly amountMinor: number },
  now: Instant,
): Refund | RecordRefundRefusal {
  const { status, providerRefundId } = report
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

function isUnsent({ status, amountMinor }: Refund, report: ExternalRefund): boolean {
  return (
    amountMinor === report.amountMinor && (status === "due" || status === "failed" || status === "withheld")
  )
}

/** Applies the report to a known refund; a report that is out of date changes nothing. */
function settled(state: WorkingSet, refund: Refund, report: ExternalRefund, now: Instant): Refund {
  const { productId, orderId, number } = refund
  const result = resultOf(report)
  const outcome = settleRefund(state, { kind: "settle_refund", productId, orderId, number, result }, now)
  return isRefusal(outcome) ? refund : outcome
}

function resultOf({ status, providerRefundId, error }: ExternalRefund): RefundResult {
  return status === "failed" ? { status, error: error ?? "", providerRefundId } : { status, providerRefundId }
}
