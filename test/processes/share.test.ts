import { expect, test } from "vitest"
import { connectionsOf, shareOf } from "../../src/processes/share.ts"

test.each([
  // processes  batches  look-ups  views  all   rate limit of 600
  [1, 8, 2, 4, 15, 600],
  [2, 4, 1, 2, 15, 300],
  [3, 3, 1, 2, 19, 200],
  [4, 2, 1, 2, 21, 150],
  [7, 2, 1, 2, 36, 86],
  [64, 2, 1, 2, 321, 10],
])(
  "%i processes: %i, %i and %i connections each, %i in all, %i requests a minute",
  (count, batches, lookups, views, all, rate) => {
    expect(shareOf(count, 600)).toEqual({
      batchConnections: batches,
      lookupConnections: lookups,
      viewConnections: views,
      rateLimitPerMinute: rate,
    })
    expect(connectionsOf(count)).toBe(all)
  },
)

test("without a rate limit, no process gets one", () => {
  expect(shareOf(4, 0).rateLimitPerMinute).toBe(0)
})
