import type { OrderStatus } from "./order.ts"
import type { RefundReason } from "./refund.ts"

/** All that counts when money comes for an order. */
export interface PaymentSituation {
  /** As of now: an order whose time is over waits no more. */
  readonly order: OrderStatus
  /**
   * What was known of it before. `this`: an event has spoken of the same payment already. `perhaps
   * this`: the order was paid with as much, and names are missing that could tell the two apart.
   */
  readonly before: "nothing" | "this" | "perhaps this"
  readonly currency: "the order's" | "another"
  /** Beside the order's total. */
  readonly amount: "too little" | "exact" | "too much"
  /** Whether it came within the time that late payments are given. */
  readonly isBeforeLateDeadline: boolean
  /** Whether the sale lies within its window. A pause stops new holds, not payments. */
  readonly isWithinSale: boolean
  /** Whether the customer may own so many units more. */
  readonly isWithinCustomerLimit: boolean
  /** Whether all units of the order are available again. */
  readonly areUnitsAvailable: boolean
}

/** What money does. */
export type PaymentDecision =
  /** It was counted before. */
  | { readonly does: "nothing" }
  /** It pays the order; `late`: with units that are taken again. */
  | { readonly does: "pay"; readonly late: boolean; readonly refundsExcess: boolean }
  /** `waitsForDeadline`: not before the order's deadline, because it may still be paid in another way. */
  | { readonly does: "go back"; readonly reason: RefundReason; readonly waitsForDeadline: boolean }

/**
 * The whole table of what becomes of money, as a function: first what was counted before, then what
 * can pay nothing, then the order, and for one that has ended all that a new buyer would be asked.
 * docs/reference/state-machines.md shows it as a table.
 */
export function decidePayment(situation: PaymentSituation): PaymentDecision {
  const { order, before, currency, amount } = situation
  if (before === "this") return { does: "nothing" }
  if (order === "paid" || order === "refunded") {
    return before === "perhaps this" ? { does: "nothing" } : goBack("second_payment")
  }
  if (currency === "another") return goBack("wrong_currency")
  const isWaiting = order === "pending_payment"
  if (amount === "too little") return { ...goBack("amount_too_low"), waitsForDeadline: isWaiting }

  const obstacle = isWaiting ? null : lateObstacle(situation)
  if (obstacle !== null) return goBack(obstacle)
  return { does: "pay", late: !isWaiting, refundsExcess: amount === "too much" }
}

/** Why a late payment cannot have its units, in order of precedence. */
function lateObstacle(situation: PaymentSituation): RefundReason | null {
  if (!situation.isBeforeLateDeadline) return "paid_too_late"
  if (!situation.isWithinSale) return "sale_over"
  if (!situation.isWithinCustomerLimit) return "customer_limit_reached"
  return situation.areUnitsAvailable ? null : "units_not_available"
}

function goBack(reason: RefundReason) {
  return { does: "go back", reason, waitsForDeadline: false } as const
}
