import { describe, expect, test } from "vitest"
import {
  decidePayment,
  type PaymentDecision,
  type PaymentSituation,
} from "../../src/domain/payment-decision.ts"
import type { RefundReason } from "../../src/domain/refund.ts"

const values: { [Name in keyof PaymentSituation]: readonly PaymentSituation[Name][] } = {
  order: ["pending_payment", "paid", "cancelled", "expired", "refunded"],
  before: ["none", "same payment", "perhaps the same"],
  currency: ["same", "different"],
  amount: ["too low", "exact", "too high"],
  isBeforeLateDeadline: [true, false],
  isWithinSale: [true, false],
  claims: ["free", "customer_limit_reached", "access_code_used_up"],
  areUnitsAvailable: [true, false],
}

/** Every combination of values. */
const situations = Object.entries(values).reduce<Partial<PaymentSituation>[]>(
  (known, [name, possible]) => known.flatMap((one) => possible.map((value) => ({ ...one, [name]: value }))),
  [{}],
) as PaymentSituation[]

type Pattern = { readonly [Name in keyof PaymentSituation]?: readonly PaymentSituation[Name][] }

const nothing: PaymentDecision = { action: "ignore" }
const back = (reason: RefundReason, waitsForDeadline = false): PaymentDecision => ({
  action: "refund",
  reason,
  waitsForDeadline,
})
const pay = (late: boolean, refundsExcess: boolean): PaymentDecision => ({
  action: "pay",
  late,
  refundsExcess,
})

const waiting = ["pending_payment"] as const
const ended = ["cancelled", "expired"] as const
const bought = ["paid", "refunded"] as const
const enough = ["exact", "too high"] as const
const good = { currency: ["same"], amount: enough } as const

/** The first line that applies decides, as in docs/reference/state-machines.md. */
const table: readonly (readonly [string, Pattern, PaymentDecision])[] = [
  ["recorded before", { before: ["same payment"] }, nothing],
  ["perhaps recorded before", { before: ["perhaps the same"], order: bought }, nothing],
  ["a second payment", { order: bought }, back("second_payment")],
  ["another currency", { currency: ["different"] }, back("wrong_currency")],
  ["too little for one that waits", { order: waiting, amount: ["too low"] }, back("amount_too_low", true)],
  ["too little for one that has ended", { amount: ["too low"] }, back("amount_too_low")],
  ["the price", { order: waiting, amount: ["exact"] }, pay(false, false)],
  ["more than the price", { order: waiting, amount: ["too high"] }, pay(false, true)],
  ["too late", { order: ended, isBeforeLateDeadline: [false], ...good }, back("paid_too_late")],
  ["late, the sale is over", { order: ended, isWithinSale: [false], ...good }, back("sale_over")],
  [
    "late, the limit is reached",
    { order: ended, claims: ["customer_limit_reached"] },
    back("customer_limit_reached"),
  ],
  [
    "late, the access code is used up",
    { order: ended, claims: ["access_code_used_up"] },
    back("access_code_used_up"),
  ],
  [
    "late, the units are not available",
    { order: ended, areUnitsAvailable: [false] },
    back("units_not_available"),
  ],
  ["late, the price", { order: ended, amount: ["exact"] }, pay(true, false)],
  ["late, more than the price", { order: ended, amount: ["too high"] }, pay(true, true)],
]

function fits(situation: PaymentSituation, pattern: Pattern): boolean {
  return Object.entries(pattern).every(([name, allowed]) =>
    (allowed as readonly unknown[]).includes(situation[name as keyof PaymentSituation]),
  )
}

function lineOf(situation: PaymentSituation): number {
  return table.findIndex(([, pattern]) => fits(situation, pattern))
}

describe("the decision about money", () => {
  test.each(table)("%s", (name, _, decision) => {
    const of = situations.filter((situation) => table[lineOf(situation)]?.[0] === name)
    expect(of.length).toBeGreaterThan(0)
    for (const situation of of) {
      expect({ situation, ...decidePayment(situation) }).toEqual({ situation, ...decision })
    }
  })

  test("every situation has a line", () => {
    expect(situations).toHaveLength(2_160)
    expect(situations.filter((situation) => lineOf(situation) === -1)).toEqual([])
  })

  test("only money of at least the order's total, in its currency, pays", () => {
    for (const situation of situations) {
      const decision = decidePayment(situation)
      if (decision.action !== "pay") continue
      expect(situation.currency).toBe("same")
      expect(situation.amount).not.toBe("too low")
      expect(decision.refundsExcess).toBe(situation.amount === "too high")
    }
  })
})
