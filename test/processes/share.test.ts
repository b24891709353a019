import { expect, test } from "vitest"
import { connectionsOf, shareOf } from "../../src/processes/share.ts"

test.each([
  // processes  batches  views  all   rate limit of 600
  [1, 8, 6, 15, 600],
  [2, 4, 3, 15, 300],
  [3, 3, 2, 16, 200],
  [4, 2, 2, 17, 150],
  [7, 2, 2, 29, 86],
  [64, 2, 2, 257, 10],
])(
  "%i processes: %i and %i connections each, %i in all, %i requests a minute",
  (count, batches, views, all, rate) => {
    expect(shareOf(count, 600)).toEqual({
      batchConnections: batches,
      viewConnections: views,
      rateLimitPerMinute: rate,
    })
    expect(connectionsOf(count)).toBe(all)
  },
)

test("no rate limit stays none", () => {
  expect(shareOf(4, 0).rateLimitPerMinute).toBe(0)
})
