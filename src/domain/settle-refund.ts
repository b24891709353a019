import type { RefundResult, SettleRefund } from "./commands.ts"
import { coversRefunds } from "./dispute.ts"
import type { Order } from "./order.ts"
import type { SettleRefundRefusal } from "./refusals.ts"
import { isWithheld, refundName, type Refund, type RefundStatus } from "./refund.ts"
import type { Instant } from "./time.ts"
import { orderIn, type WorkingSet } from "./working-set.ts"

/**
 * Records the result of a refund. The same result again changes nothing.
 *
 * A confirmed refund fails only when its provider names the very refund that was confirmed: a late answer
 * to an earlier call, or a repeated message about an earlier try, does not count. One that was withheld
 * when a worker had just taken it may have been sent all the same. The order is `refunded` while its whole
 * total is confirmed to be back; units that are on offer again stay there.
 */
export function settleRefund(
  state: WorkingSet,
  { orderId, number, result }: SettleRefund,
  now: Instant,
): Refund | SettleRefundRefusal {
  const refund = state.refunds.get(refundName(orderId, number))
  if (refund === undefined) return { code: "refund_not_found" }
  if (refund.status === result.status || isOld(refund, result)) return refund
  const isFound = isWithheld(refund) && result.status === "sent"
  if (!isFound && !mayBecome[refund.status].includes(result.status)) return { code: "refund_not_open" }
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
 * True for what is older than what is known. Of one and the same refund of a provider `failed` is the last
 * word, and a confirmation that named none, such as the shop's own, is final.
 */
function isOld({ status, providerRefundId }: Refund, result: RefundResult): boolean {
  const named = result.status === "due" ? null : (result.providerRefundId ?? null)
  const isNamed = named !== null && named === providerRefundId
  // Whatever came of a try meanwhile: it must not be sent while the bank takes the payment back.
  if (status === "withheld") return result.status === "failed"
  if (status === "confirmed") return result.status !== "failed" || !isNamed
  if (result.status === "failed") return named !== null && providerRefundId !== null && !isNamed
  return status === "failed" && isNamed
}

/** The buyer gets it from his bank, so sending it once more would give it to him twice. */
function isCovered(state: WorkingSet, { provider, eventKey }: Refund): boolean {
  return [...state.disputes.values()].some(
    (dispute) => dispute.provider === provider && dispute.eventKey === eventKey && coversRefunds(dispute),
  )
}

/** `failed → due`: the shop has it tried again. */
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
        // What has failed is not what is back.
        providerRefundId:
          result.providerRefundId ?? (refund.status === "failed" ? null : refund.providerRefundId),
      }
  }
}

/** The order is `refunded` if its whole price is confirmed to be back. */
export function markRefunded(state: WorkingSet, orderId: number, now: Instant): void {
  const order = orderIn(state, orderId)
  if (order.status !== "paid") return
  const back = refundsOfPrice(state, order)
  if (sumOf(back) < order.totalMinor) return
  const refunded: Order = { ...order, status: "refunded", updatedAt: now }
  state.orders.replace(refunded)
  const reversals = back.reduce((sum, refund) => sum + refund.reversals, 0)
  state.facts.push({ kind: "order_refunded", order: refunded, reversals })
}

function markPaidAgain(state: WorkingSet, orderId: number, now: Instant): void {
  const order = orderIn(state, orderId)
  if (order.status !== "refunded" || sumOf(refundsOfPrice(state, order)) >= order.totalMinor) return
  state.orders.replace({ ...order, status: "paid", updatedAt: now })
}

/** What is back of the order's own price: what came by mistake is not counted. */
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
