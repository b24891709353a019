import { expect, test } from "vitest"
import { hasPassed, instant, isoTime, isoTimeOrNull, later } from "../../src/domain/time.ts"

const NOON = instant(Date.UTC(2026, 10, 27, 12))

test("times are formatted in ISO 8601 with milliseconds, in any order and repeatedly", () => {
  // More than the cache keeps, forward and back, so that each is asked for when cached and when not.
  const offsets = Array.from({ length: 40 }, (_, index) => index * 1_001)
  for (const offset of [...offsets, ...offsets.toReversed(), ...offsets]) {
    const moment = instant(NOON + offset)
    expect(isoTime(moment)).toBe(new Date(moment).toISOString())
    expect(isoTime(moment)).toBe(new Date(moment).toISOString())
  }
})

test("null stays null", () => {
  expect(isoTimeOrNull(null)).toBeNull()
  expect(isoTimeOrNull(NOON)).toBe("2026-11-27T12:00:00.000Z")
})

test("a deadline has passed from its own millisecond on", () => {
  expect(later(NOON, 1.5) - NOON).toBe(1_500)
  expect([-1, 0, 1].map((ms) => hasPassed(NOON, instant(NOON + ms)))).toEqual([false, true, true])
})
