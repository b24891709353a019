import type { RefundResult, SettleRefund } from "./commands.ts"
import { coversRefunds } from "./dispute.ts"
import type { Order } from "./order.ts"
import type { SettleRefundRefusal } from "./refusals.ts"
import { refundName, WITHHELD, type Refund, type RefundStatus } from "./refund.ts"
import type { Instant } from "./time.ts"
import { orderIn, type WorkingSet } from "./working-set.ts"

/**
 * Writes down what has become of a refund. Says the same again as often as it is said; what is
 * confirmed stays confirmed. One that was withheld when a worker had just taken it may have been sent all
 * the same. The order is `refunded` when its whole total is confirmed to be back.
 */
export function settleRefund(
  state: WorkingSet,
  { orderId, number, result }: SettleRefund,
  now: Instant,
): Refund | SettleRefundRefusal {
  const refund = state.refunds.get(refundName(orderId, number))
  if (refund === undefined) return { code: "refund_not_found" }
  if (refund.status === "confirmed" || refund.status === result.status) return refund
  const isFound = refund.lastError === WITHHELD && result.status === "sent"
  if (!isFound && !mayBecome[refund.status].includes(result.status)) return { code: "refund_not_open" }
  if (result.status === "due" && isCovered(state, refund)) {
    return { code: "payment_disputed", refundableMinor: 0 }
  }

  const settled: Refund = { ...refund, ...changes(refund, result, now), updatedAt: now }
  state.refunds.replace(settled)
  state.facts.push({ kind: "refund_settled", refund: settled })
  if (settled.status === "confirmed" && settled.reason === "requested") markRefunded(state, orderId, now)
  return settled
}

/** The buyer gets it from his bank, so sending it once more would give it to him twice. */
function isCovered(state: WorkingSet, { provider, eventKey }: Refund): boolean {
  return [...state.disputes.values()].some(
    (dispute) => dispute.provider === provider && dispute.eventKey === eventKey && coversRefunds(dispute),
  )
}

/** `failed → due`: somebody has looked, and it is to be tried again. */
const mayBecome: Record<Exclude<RefundStatus, "confirmed">, readonly RefundStatus[]> = {
  due: ["sent", "confirmed", "failed"],
  sent: ["confirmed", "failed"],
  failed: ["due", "confirmed"],
}

function changes(refund: Refund, result: RefundResult, now: Instant): Partial<Refund> {
  switch (result.status) {
    case "due":
      return { status: "due", notBefore: now, attempts: 0, lastError: null }
    case "failed":
      return { status: "failed", lastError: result.error }
    case "sent":
    case "confirmed":
      return {
        status: result.status,
        lastError: null,
        providerRefundId: result.providerRefundId ?? refund.providerRefundId,
      }
  }
}

function markRefunded(state: WorkingSet, orderId: number, now: Instant): void {
  const order = orderIn(state, orderId)
  if (order.status !== "paid") return
  if (returnedOf(state, order) < order.totalMinor) return
  const refunded: Order = { ...order, status: "refunded", updatedAt: now }
  state.orders.replace(refunded)
  state.facts.push({ kind: "order_refunded", order: refunded })
}

/** What is back of the order's own price: what came by mistake is not counted. */
function returnedOf(state: WorkingSet, order: Order): number {
  let sum = 0
  for (const { orderId, reason, status, amountMinor } of state.refunds.values()) {
    if (orderId === order.id && reason === "requested" && status === "confirmed") sum += amountMinor
  }
  return sum
}
