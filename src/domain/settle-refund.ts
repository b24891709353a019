import type { RefundResult, SettleRefund } from "./commands.ts"
import { coversRefunds } from "./dispute.ts"
import type { Order } from "./order.ts"
import type { SettleRefundRefusal } from "./refusals.ts"
import { isWithheld, refundName, type Refund, type RefundStatus } from "./refund.ts"
import type { Instant } from "./time.ts"
import { orderIn, type WorkingSet } from "./working-set.ts"

/**
 * Records the result of a refund. Repeating a result changes nothing.
 *
 * A confirmed refund fails only if the provider names the refund that was confirmed: a late answer to an
 * earlier call, or a repeated message about an earlier attempt, does not count. A refund that was withheld
 * just after a worker took it may have been sent, so it accepts `sent`. The order is `refunded` while
 * refunds of its whole price are confirmed; restocked units stay restocked.
 */
export function settleRefund(
  state: WorkingSet,
  { orderId, number, result }: SettleRefund,
  now: Instant,
): Refund | SettleRefundRefusal {
  const refund = state.refunds.get(refundName(orderId, number))
  if (refund === undefined) return { code: "refund_not_found" }
  if (refund.status === result.status || isOutdated(refund, result)) return refund
  const wasSentAnyway = isWithheld(refund) && result.status === "sent"
  if (!wasSentAnyway && !mayBecome[refund.status].includes(result.status)) return { code: "refund_not_open" }
  if (result.status === "due" && isCovered(state, refund)) {
    return { code: "payment_disputed", refundableMinor: 0 }
  }

  const settled: Refund = { ...refund, ...changes(refund, result, now), updatedAt: now }
  state.refunds.replace(settled)
  state.facts.push({ kind: "refund_settled", refund: settled })
  if (isOfPrice(settled)) {
    if (settled.status === "confirmed") markRefunded(state, orderId, now)
    if (refund.status === "confirmed") markPaidAgain(state, orderId, now)
  }
  if (refund.status === "confirmed") {
    state.facts.push({ kind: "refund_reversed", refund: settled, order: orderIn(state, orderId) })
  }
  return settled
}

/**
 * True when a later result is known already. `failed` is the last result of one refund id of a provider, and a
 * confirmation without a refund id, such as an administrator's, is final.
 */
function isOutdated({ status, providerRefundId }: Refund, result: RefundResult): boolean {
  const named = result.status === "due" ? null : (result.providerRefundId ?? null)
  const isNamed = named !== null && named === providerRefundId
  // A failed attempt is ignored: the refund stays withheld, so that it is due again when the dispute is won.
  if (status === "withheld") return result.status === "failed"
  if (status === "confirmed") return result.status !== "failed" || !isNamed
  if (result.status === "failed") return named !== null && providerRefundId !== null && !isNamed
  return status === "failed" && isNamed
}

/** True when the bank gives the buyer this money, so that sending it would pay the buyer twice. */
function isCovered(state: WorkingSet, { provider, eventKey }: Refund): boolean {
  return [...state.disputes.values()].some(
    (dispute) => dispute.provider === provider && dispute.eventKey === eventKey && coversRefunds(dispute),
  )
}

/** The allowed changes of status; `failed → due` when an administrator retries the refund. */
const mayBecome: Record<RefundStatus, readonly RefundStatus[]> = {
  due: ["sent", "confirmed", "failed"],
  sent: ["confirmed", "failed"],
  failed: ["due", "confirmed"],
  confirmed: ["failed"],
  withheld: ["due", "sent", "confirmed"],
}

function changes(refund: Refund, result: RefundResult, now: Instant): Partial<Refund> {
  switch (result.status) {
    case "due":
      return { status: "due", notBefore: now, attempts: 0, lastError: null, providerRefundId: null }
    case "failed":
      return {
        status: "failed",
        lastError: result.error,
        providerRefundId: result.providerRefundId ?? refund.providerRefundId,
        reversals: refund.reversals + (refund.status === "confirmed" ? 1 : 0),
      }
    case "sent":
    case "confirmed":
      return {
        status: result.status,
        lastError: null,
        // The refund id of a failed attempt does not name the refund that was made.
        providerRefundId:
          result.providerRefundId ?? (refund.status === "failed" ? null : refund.providerRefundId),
      }
  }
}

/** Sets the order to `refunded` if refunds of its whole price are confirmed. */
export function markRefunded(state: WorkingSet, orderId: number, now: Instant): void {
  const order = orderIn(state, orderId)
  if (order.status !== "paid") return
  const refunds = refundsOfPrice(state, order)
  if (sumOf(refunds) < order.totalMinor) return
  const refunded: Order = { ...order, status: "refunded", updatedAt: now }
  state.orders.replace(refunded)
  const reversals = refunds.reduce((sum, refund) => sum + refund.reversals, 0)
  state.facts.push({ kind: "order_refunded", order: refunded, reversals })
}

function markPaidAgain(state: WorkingSet, orderId: number, now: Instant): void {
  const order = orderIn(state, orderId)
  if (order.status !== "refunded" || sumOf(refundsOfPrice(state, order)) >= order.totalMinor) return
  state.orders.replace({ ...order, status: "paid", updatedAt: now })
}

/** Returns the confirmed refunds of the order's price, without those of money that did not pay it. */
function refundsOfPrice(state: WorkingSet, order: Order): Refund[] {
  return [...state.refunds.values()].filter(
    (refund) => refund.orderId === order.id && refund.status === "confirmed" && isOfPrice(refund),
  )
}

function isOfPrice({ reason }: Refund): boolean {
  return reason === "requested" || reason === "elsewhere"
}

function sumOf(refunds: readonly Refund[]): number {
  return refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
}
