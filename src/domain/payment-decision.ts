import type { OrderStatus } from "./order.ts"
import type { RefundReason } from "./refund.ts"

/** The facts that decide what is done with money that arrives for an order. */
export interface PaymentSituation {
  /** The order's status now: an order whose time is over counts as expired. */
  readonly order: OrderStatus
  /**
   * The payment of the order that an earlier event has recorded. `same payment`: the ids are equal. `perhaps
   * the same`: the order was paid with the same amount, and a missing id leaves open whether it is the same.
   */
  readonly before: "none" | "same payment" | "perhaps the same"
  /** Compared with the order's currency. */
  readonly currency: "same" | "different"
  /** Compared with the order's total. */
  readonly amount: "too low" | "exact" | "too high"
  /** The order has not ended, or ended no longer ago than late payments are accepted. */
  readonly isBeforeLateDeadline: boolean
  /** Whether the sale is within its window. A pause stops new holds, not payments. */
  readonly isWithinSale: boolean
  /** Whether the customer's limit and the access code allow the order's units; which of them does not. */
  readonly claims: "free" | "customer_limit_reached" | "access_code_used_up"
  /** Whether all units of the order are available again. */
  readonly areUnitsAvailable: boolean
}

/** What is done with money that arrives. */
export type PaymentDecision =
  /** An earlier event has recorded this money. */
  | { readonly action: "ignore" }
  /** The money pays the order. `late`: the order gets available units, because its own were returned. */
  | { readonly action: "pay"; readonly late: boolean; readonly refundsExcess: boolean }
  /**
   * `waitsForDeadline`: the refund is sent after the order's deadline, because until then another payment may pay the
   * order.
   */
  | { readonly action: "refund"; readonly reason: RefundReason; readonly waitsForDeadline: boolean }

/**
 * Decides what is done with money that arrives, for every situation there is.
 *
 * The rules in order: money already recorded is ignored; money for a paid order, in another currency, or too
 * little is refunded; the rest pays an order that waits. An order that has ended is paid only if the checks
 * of a new hold would pass. docs/reference/state-machines.md shows the rules as a table.
 */
export function decidePayment(situation: PaymentSituation): PaymentDecision {
  const { order, before, currency, amount } = situation
  if (before === "same payment") return { action: "ignore" }
  if (order === "paid" || order === "refunded") {
    return before === "perhaps the same" ? { action: "ignore" } : refund("second_payment")
  }
  if (currency === "different") return refund("wrong_currency")
  const isWaiting = order === "pending_payment"
  if (amount === "too low") return { ...refund("amount_too_low"), waitsForDeadline: isWaiting }

  const obstacle = isWaiting ? null : lateObstacle(situation)
  if (obstacle !== null) return refund(obstacle)
  return { action: "pay", late: !isWaiting, refundsExcess: amount === "too high" }
}

/** Why a late payment cannot have its units, in order of precedence. */
function lateObstacle(situation: PaymentSituation): RefundReason | null {
  if (!situation.isBeforeLateDeadline) return "paid_too_late"
  if (!situation.isWithinSale) return "sale_over"
  if (situation.claims !== "free") return situation.claims
  return situation.areUnitsAvailable ? null : "units_not_available"
}

function refund(reason: RefundReason) {
  return { action: "refund", reason, waitsForDeadline: false } as const
}
