import { expect, test } from "vitest"
import { createPlan, type PlannedPayment } from "../../src/simulator/plan.ts"

function plannedPayments(seed: number, count: number): PlannedPayment[] {
  const plan = createPlan("wild", seed)
  return Array.from({ length: count }, () => plan.nextPayment()).filter((payment) => payment !== null)
}

test("the same seed plans the same payments, another seed plans other ones", () => {
  expect(plannedPayments(7, 500)).toEqual(plannedPayments(7, 500))
  expect(plannedPayments(7, 500)).not.toEqual(plannedPayments(8, 500))
})

test("payments and refunds do not change each other's plans", () => {
  const [mixed, refundsOnly] = [createPlan("wild", 7), createPlan("wild", 7)]
  const both = Array.from({ length: 100 }, () => [mixed.nextPayment(), mixed.nextRefund()] as const)

  expect(both.map(([payment]) => payment)).toEqual(plannedPayments(7, 100))
  expect(both.map(([, refund]) => refund)).toEqual(both.map(() => refundsOnly.nextRefund()))
})

test("disputes and payments do not change each other's plans", () => {
  const [mixed, disputesOnly] = [createPlan("wild", 7), createPlan("wild", 7)]
  const both = Array.from({ length: 100 }, () => [mixed.nextPayment(), mixed.nextDispute()] as const)

  expect(both.map(([payment]) => payment)).toEqual(plannedPayments(7, 100))
  expect(both.map(([, dispute]) => dispute)).toEqual(both.map(() => disputesOnly.nextDispute()))
})

test("5 percent of the payments are disputed, and half of the disputes are lost", () => {
  const plan = createPlan("wild", 7)
  const disputes = Array.from({ length: 10_000 }, () => plan.nextDispute()).flatMap((one) => one ?? [])
  const lost = disputes.filter(({ verdict }) => verdict === "lost").length

  expect(Math.abs(disputes.length - 500)).toBeLessThan(4 * Math.sqrt(10_000 * 0.05 * 0.95))
  expect(Math.abs(lost - disputes.length / 2)).toBeLessThan(2 * Math.sqrt(disputes.length))
})

test("a calm plan starts nothing by itself, and delivers each event once", () => {
  const plan = createPlan("calm", 7)

  expect(plan.nextPayment()).toBeNull()
  expect(plan.nextDispute()).toBeNull()
  expect(plan.nextRefund()).toEqual({ pausesMs: [0], badSignature: false })
})

// Four standard deviations of 10,000 draws at most; the seed makes it the same each time.
test.each([
  ["declined", 0.05, (payment: PlannedPayment) => payment.result === "decline"],
  ["late", 0.1, (payment: PlannedPayment) => payment.delayMs === "late"],
  ["delivered before the order, unless late", 0.09, (payment: PlannedPayment) => payment.beforeOrder],
  ["duplicated", 0.3, (payment: PlannedPayment) => payment.pausesMs.length > 1],
  ["out of order", 0.3, (payment: PlannedPayment) => payment.outOfOrder],
  ["of a wrong amount", 0.02, (payment: PlannedPayment) => payment.amount !== "exact"],
  ["forged as well", 0.05, (payment: PlannedPayment) => payment.badSignature],
])("payments are %s with probability %d", (_, share, is) => {
  const found = plannedPayments(7, 10_000).filter(is).length / 10_000

  expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 10_000))
})

test("a result that is delivered before its order has no delay", () => {
  const early = plannedPayments(7, 1_000).filter((payment) => payment.beforeOrder)

  expect(early.length).toBeGreaterThan(50)
  for (const { delayMs, pausesMs } of early) expect([delayMs, pausesMs[0]]).toEqual([0, 0])
})
