import { expect, test } from "vitest"
import { createClock } from "../../client/src/clock.ts"

const NOON = Date.parse("2026-11-27T12:00:00.000Z")
const iso = (at: number) => new Date(at).toISOString()

/** A local clock that a test sets, and a server whose clock is ahead of it by `aheadMs`. */
function setUp(firstAheadMs = 0) {
  let aheadMs = firstAheadMs
  let local = NOON
  const clock = createClock(() => local)
  return {
    clock,
    pass: (ms: number) => void (local += ms),
    setLocalClock: (byMs: number) => {
      local += byMs
      aheadMs -= byMs
    },
    /** One answer; `oldMs`: how long ago the server read its clock when it sent it. */
    ask: ({ thereMs, backMs, oldMs = 0 }: { thereMs: number; backMs: number; oldMs?: number }) => {
      const sentAt = local
      const serverTime = local + thereMs + aheadMs - oldMs
      local += thereMs + backMs
      clock.learn(iso(serverTime), sentAt, local)
    },
    errorMs: () => clock.now() - (local + aheadMs),
  }
}

test("is the local clock before the first answer", () => {
  const { clock } = setUp()

  expect([clock.now(), clock.marginMs]).toEqual([NOON, null])
})

test.each([
  ["both ways alike", 20, 20, 0],
  ["slow there", 40, 0, 20],
  ["slow back", 0, 40, -20],
])("is wrong by at most half the round trip: %s", (_, thereMs, backMs, wrongMs) => {
  for (const aheadMs of [0, 3_600_000, -86_400_000]) {
    const { ask, errorMs, clock } = setUp(aheadMs)
    ask({ thereMs, backMs })

    expect(errorMs()).toBe(wrongMs)
    expect(clock.marginMs).toBe(20)
  }
})

test("uses the shortest round trip, whenever it was", () => {
  const { ask, errorMs, clock, pass } = setUp(-5_000)
  ask({ thereMs: 5, backMs: 5 })
  pass(1_000)
  ask({ thereMs: 1_500, backMs: 1_400 })

  expect(clock.marginMs).toBe(5)
  expect(Math.abs(errorMs())).toBeLessThanOrEqual(5)
})

test("an old answer from a cache does not set it back", () => {
  const { ask, errorMs, pass } = setUp()
  ask({ thereMs: 10, backMs: 10 })
  pass(5_000)
  ask({ thereMs: 0, backMs: 1, oldMs: 900 })

  expect(Math.abs(errorMs())).toBeLessThanOrEqual(10)
})

test("a stream event corrects it, and does not change its margin", () => {
  const { clock, pass } = setUp()
  clock.learn(iso(NOON + 500), null, NOON)
  expect([clock.now(), clock.marginMs]).toEqual([NOON + 500, null])

  clock.learn(iso(NOON + 510), NOON - 20, NOON)
  pass(1_000)
  for (let count = 1; count <= 100; count += 1)
    clock.learn(iso(NOON + 1_500 + count), null, NOON + 1_000 + count)
  expect([clock.now(), clock.marginMs]).toEqual([NOON + 1_510, 10])
})

test("one and the same answer counts once, however often it comes", () => {
  const { clock, pass } = setUp()
  clock.learn(iso(NOON), NOON - 10, NOON)
  for (let count = 0; count < 100; count += 1) {
    pass(1_000)
    clock.learn(iso(NOON), NOON + count * 1_000, NOON + count * 1_000 + 1)
  }

  expect(clock.now()).toBe(NOON + 100_000 + 5)
})

test.each([3_600_000, -3_600_000])(
  "the local clock is set by %i ms: after some answers it is right",
  (by) => {
    const { ask, errorMs, pass, setLocalClock } = setUp()
    ask({ thereMs: 10, backMs: 10 })
    setLocalClock(by)
    for (let count = 0; count < 16; count += 1) {
      pass(1_000)
      ask({ thereMs: 10, backMs: 10 })
    }

    expect(Math.abs(errorMs())).toBeLessThanOrEqual(10)
  },
)

test("an invalid time, and an answer received before its request, are ignored", () => {
  const { clock } = setUp()
  clock.learn("soon", NOON - 10, NOON)
  clock.learn(iso(NOON), NOON, NOON - 10)

  expect(clock.marginMs).toBe(null)
})
