import { expect, test } from "vitest"
import type { HoldStatus } from "../../src/domain/hold.ts"
import { releaseHold } from "../../src/domain/release-hold.ts"
import {
  afterNoon,
  codeOf,
  counters,
  holdWith,
  NOON,
  orderWith,
  stateWith,
  TICK,
} from "../support/builders.ts"

const release = { kind: "release_hold", productId: 1, holdId: 1 } as const

test.each<[HoldStatus, number, string | null, HoldStatus, number]>([
  // status     ends in s  refusal            status after  held after
  ["active", TICK, null, "released", 0],
  ["active", 0, "hold_expired", "expired", 0],
  ["active", -TICK, "hold_expired", "expired", 0],
  ["released", 60, null, "released", 0],
  ["released", -60, null, "released", 0],
  ["converted", 60, "hold_already_used", "converted", 2],
  ["converted", -60, "hold_already_used", "converted", 2],
  ["expired", -60, "hold_expired", "expired", 0],
])("a hold that is %s and ends in %f s: %s, then %s", (status, endsIn, code, after, held) => {
  const hold = holdWith({ status, expiresAt: afterNoon(endsIn), customerId: "anna" })
  const orders = status === "converted" ? [orderWith({ customerId: "anna" })] : []
  const state = stateWith({ holds: [hold], orders })

  const outcome = releaseHold(state, release, NOON)

  expect(codeOf(outcome)).toBe(code)
  expect(state.holds.get(1)?.status).toBe(after)
  expect(counters(state)).toEqual({ held, sold: 0 })
  const hasEnded = status === "active"
  expect([...state.claimReturns]).toEqual(hasEnded ? [["c:anna", 2]] : [])
  expect(state.facts.map((fact) => fact.kind)).toEqual(
    hasEnded ? [after === "released" ? "hold_released" : "hold_expired"] : [],
  )
  expect(state.holds.changed()).toEqual(hasEnded ? [{ ...hold, status: after, endedAt: NOON }] : [])
})

test("an unknown hold is not found", () => {
  expect(releaseHold(stateWith(), release, NOON)).toEqual({ code: "hold_not_found" })
})

test("the refusal of a used hold names its order", () => {
  const state = stateWith({ holds: [holdWith({ status: "converted" })], orders: [orderWith()] })
  expect(releaseHold(state, release, NOON)).toEqual({ code: "hold_already_used", orderId: 11 })
})

test("releasing twice in one batch releases once and returns the same hold", () => {
  const state = stateWith({ holds: [holdWith()] })
  const first = releaseHold(state, release, NOON)
  const second = releaseHold(state, release, NOON)
  expect(second).toEqual(first)
  expect(counters(state)).toEqual({ held: 0, sold: 0 })
  expect(state.facts).toHaveLength(1)
})
