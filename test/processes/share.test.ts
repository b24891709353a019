import { expect, test } from "vitest"
import { connectionsOf, shareOf } from "../../src/processes/share.ts"

test.each([
  // processes  batches  look-ups  views  all
  [1, 8, 2, 4, 15],
  [2, 4, 1, 2, 15],
  [3, 3, 1, 2, 19],
  [4, 2, 1, 2, 21],
  [7, 2, 1, 2, 36],
  [64, 2, 1, 2, 321],
])("%i processes: %i, %i and %i connections each, %i in all", (count, batches, lookups, views, all) => {
  expect(shareOf(count)).toEqual({
    batchConnections: batches,
    lookupConnections: lookups,
    viewConnections: views,
  })
  expect(connectionsOf(count)).toBe(all)
})
