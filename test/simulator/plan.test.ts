import { expect, test } from "vitest"
import { createPlan, type Course } from "../../src/simulator/plan.ts"

function courses(seed: number, count: number): Course[] {
  const plan = createPlan("wild", seed)
  return Array.from({ length: count }, () => plan.nextPayment()).filter((course) => course !== null)
}

test("a seed gives the same courses again, and another one others", () => {
  expect(courses(7, 500)).toEqual(courses(7, 500))
  expect(courses(7, 500)).not.toEqual(courses(8, 500))
})

test("refunds in between do not change the course of payments, nor payments that of refunds", () => {
  const [mixed, refundsOnly] = [createPlan("wild", 7), createPlan("wild", 7)]
  const both = Array.from({ length: 100 }, () => [mixed.nextPayment(), mixed.nextRefund()] as const)

  expect(both.map(([payment]) => payment)).toEqual(courses(7, 100))
  expect(both.map(([, refund]) => refund)).toEqual(both.map(() => refundsOnly.nextRefund()))
})

test("disputes have a course of their own, and change nobody's", () => {
  const [mixed, disputesOnly] = [createPlan("wild", 7), createPlan("wild", 7)]
  const both = Array.from({ length: 100 }, () => [mixed.nextPayment(), mixed.nextDispute()] as const)

  expect(both.map(([payment]) => payment)).toEqual(courses(7, 100))
  expect(both.map(([, dispute]) => dispute)).toEqual(both.map(() => disputesOnly.nextDispute()))
})

test("so many payments are disputed, and of those half are lost", () => {
  const plan = createPlan("wild", 7)
  const disputes = Array.from({ length: 10_000 }, () => plan.nextDispute()).flatMap((one) => one ?? [])
  const lost = disputes.filter(({ end }) => end === "lost").length

  expect(Math.abs(disputes.length - 500)).toBeLessThan(4 * Math.sqrt(10_000 * 0.05 * 0.95))
  expect(Math.abs(lost - disputes.length / 2)).toBeLessThan(2 * Math.sqrt(disputes.length))
})

test("a calm plan does nothing by itself, and tells everything once", () => {
  const plan = createPlan("calm", 7)

  expect(plan.nextPayment()).toBeNull()
  expect(plan.nextDispute()).toBeNull()
  expect(plan.nextRefund()).toEqual({ pausesMs: [0], badSignature: false })
})

// Four standard deviations of 10,000 draws at most; the seed makes it the same each time.
test.each([
  ["declined", 0.05, (course: Course) => course.result === "decline"],
  ["late", 0.1, (course: Course) => course.delayMs === "late"],
  ["before the order, unless late", 0.09, (course: Course) => course.beforeOrder],
  ["duplicated", 0.3, (course: Course) => course.pausesMs.length > 1],
  ["out of order", 0.3, (course: Course) => course.outOfOrder],
  ["of a wrong amount", 0.02, (course: Course) => course.amount !== "exact"],
  ["forged too", 0.05, (course: Course) => course.badSignature],
])("so many payments are %s: %d", (_, share, is) => {
  const found = courses(7, 10_000).filter(is).length / 10_000

  expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 10_000))
})

test("what overtakes its order does so at once", () => {
  const early = courses(7, 1_000).filter((course) => course.beforeOrder)

  expect(early.length).toBeGreaterThan(50)
  for (const { delayMs, pausesMs } of early) expect([delayMs, pausesMs[0]]).toEqual([0, 0])
})
