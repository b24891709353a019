import { describe, expect, test } from "vitest"
import { createCrowd } from "../../src/rehearsal/crowd.ts"
import { findUndersell, type Sample } from "../../src/rehearsal/watch.ts"

describe("a crowd", () => {
  const options = { visitors: 5_000, rushMs: 20_000, seed: 42 }

  test("is the same for the same seed, and another for another", () => {
    expect(createCrowd(options)).toEqual(createCrowd(options))
    expect(createCrowd(options)).not.toEqual(createCrowd({ ...options, seed: 43 }))
  })

  test("comes in order, within the rush, half of it in the first eighth", () => {
    const arrivals = createCrowd(options).map(({ arrivesMs }) => arrivesMs)

    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b))
    expect(arrivals.at(-1)).toBeLessThan(options.rushMs)
    expect(arrivals.filter((ms) => ms < options.rushMs / 8).length / arrivals.length).toBeCloseTo(0.5, 1)
  })

  test("has everybody in it, and bots that come under one name", () => {
    const crowd = createCrowd(options)
    const behaviours = Map.groupBy(crowd, ({ behaviour }) => behaviour)

    expect([...behaviours.keys()].toSorted()).toEqual([
      "bot",
      "buys",
      "clicks twice",
      "gives back",
      "walks away",
    ])
    const bots = behaviours.get("bot")?.map(({ customerId }) => customerId) ?? []
    expect(new Set(bots).size).toBeLessThan(bots.length)
    expect(new Set(crowd.map(({ number }) => number)).size).toBe(options.visitors)
  })
})

describe("undersell", () => {
  /** A look every 100 ms, from 0 to 5 s. */
  const looks = (availableAt: (ms: number) => number): Sample[] =>
    Array.from({ length: 51 }, (_, index) => ({
      atMs: index * 100,
      available: availableAt(index * 100),
      held: 0,
      sold: 0,
    }))
  const want = (askedAt: number, quantity = 1) => ({ askedAt, answeredAt: askedAt + 20, quantity })
  const nothing = { seconds: 0, refusals: 0 }

  test("is a refusal of what had been there for more than a second", () => {
    const samples = looks((ms) => (ms >= 1_000 ? 2 : 0))

    expect(findUndersell(samples, [want(3_000), want(3_500, 2), want(4_100)])).toEqual({
      seconds: 2,
      refusals: 3,
    })
  })

  test.each<[string, Sample[], ReturnType<typeof want>]>([
    ["units came back less than a second ago", looks((ms) => (ms >= 2_500 ? 2 : 0)), want(3_000)],
    ["fewer were there than were wanted", looks(() => 1), want(3_000, 2)],
    [
      "the last one went meanwhile",
      looks((ms) => (ms >= 3_100 ? 0 : 1)),
      { ...want(3_000), answeredAt: 3_090 },
    ],
    ["there was none for a moment", looks((ms) => (ms === 2_500 ? 0 : 1)), want(3_000)],
    [
      "nobody looked for a while",
      looks(() => 1).filter(({ atMs }) => atMs < 2_000 || atMs > 2_700),
      want(3_000),
    ],
    ["nobody looked afterwards", looks(() => 1).filter(({ atMs }) => atMs < 3_000), want(3_000)],
  ])("is not, when %s", (_why, samples, wanted) => {
    expect(findUndersell(samples, [wanted])).toEqual(nothing)
  })
})
