import { expect, test } from "vitest"
import { checkHistory } from "./checker/check.ts"
import { explain } from "./checker/explain.ts"
import { planted } from "./planted.ts"
import { ask, hold, outOfStock, product, unknown, written } from "./written.ts"

test.each(planted)("$name: rejected", ({ stock, told, wrong, because }) => {
  expect(checkHistory(written(stock, [...told, ...wrong]))).toMatchObject({
    explained: false,
    reason: expect.stringContaining(because),
  })
})

test.each(planted)("$name: what may be said instead is accepted", ({ stock, told, right }) => {
  expect(checkHistory(written(stock, [...told, ...right]))).toMatchObject({ explained: true })
})

test("what is rejected is explained: the shortest beginning, the answers concerned, and what went on meanwhile", () => {
  const history = written(1, [
    [0, 10, ask.hold(), hold(1, 5)],
    [5, 25, ask.hold(), outOfStock],
    [20, 40, ask.hold(), hold(2, 30)],
    [35, Infinity, ask.hold(), unknown],
    [50, 60, ask.product(), product(1, [7, 7, 7])],
  ])

  const verdict = checkHistory(history)

  expect(verdict).toMatchObject({ explained: false, until: 40, answered: 3, calls: [{ number: 2 }] })
  expect(explain(verdict, history.calls)).toBe(
    [
      "3 of 5 calls, up to 40.0 ms, cannot be explained; one answer fewer can.",
      "there was never room for this: 1 too many were taken from what was available:",
      "  #2 20.0 to 40.0: {what:hold,productId:1,qty:1,key:null} -> {is:hold,hold:{id:2,qty:1,status:active,createdAt:1700000000030,expiresAt:1700000001030},replayed:false}",
      "meanwhile:",
      "  #1 5.0 to 25.0: {what:hold,productId:1,qty:1,key:null} -> {is:refused,code:out_of_stock,available:0}",
      "  #3 35.0 to Infinity: {what:hold,productId:1,qty:1,key:null} -> {is:unknown}",
    ].join("\n"),
  )
})
