import { expect, test } from "vitest"
import { checkHistory } from "./checker/check.ts"
import { explain } from "./checker/explain.ts"
import { plantedViolations } from "./planted-violations.ts"
import { ask, hold, outOfStock, product, unknown, handwritten } from "./handwritten.ts"

test.each(plantedViolations)("$name: rejected", ({ stock, prefix, violating, reason }) => {
  expect(checkHistory(handwritten(stock, [...prefix, ...violating]))).toMatchObject({
    explained: false,
    reason: expect.stringContaining(reason),
  })
})

test.each(plantedViolations)("$name: the nearest legal history is accepted", ({ stock, prefix, legal }) => {
  expect(checkHistory(handwritten(stock, [...prefix, ...legal]))).toMatchObject({ explained: true })
})

test("a rejection names the shortest prefix, the operations concerned and the operations concurrent with them", () => {
  const history = handwritten(1, [
    [0, 10, ask.hold(), hold(1, 5)],
    [5, 25, ask.hold(), outOfStock],
    [20, 40, ask.hold(), hold(2, 30)],
    [35, Infinity, ask.hold(), unknown],
    [50, 60, ask.product(), product(1, [7, 7, 7])],
  ])

  const verdict = checkHistory(history)

  expect(verdict).toMatchObject({ explained: false, until: 40, answered: 3, operations: [{ number: 2 }] })
  expect(explain(verdict, history.operations)).toBe(
    [
      "There is no order for the first 3 of 5 responses, up to 40.0 ms; there is one without the last of them.",
      "there were no units for this at any moment: 1 too many were taken from what was available:",
      "  #2 20.0 to 40.0: {kind:hold,productId:1,qty:1,key:null} -> {kind:hold,hold:{id:2,qty:1,status:active,createdAt:1700000000030,expiresAt:1700000001030},replayed:false}",
      "Concurrent operations:",
      "  #1 5.0 to 25.0: {kind:hold,productId:1,qty:1,key:null} -> {kind:refused,code:out_of_stock,available:0}",
      "  #3 35.0 to Infinity: {kind:hold,productId:1,qty:1,key:null} -> {kind:unknown}",
    ].join("\n"),
  )
})
