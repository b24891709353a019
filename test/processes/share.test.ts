import { expect, test } from "vitest"
import { connectionsOf, shareOf } from "../../src/processes/share.ts"

test.each([
  // processes  batches  look-ups  views  all
  [1, 8, 2, 4, 16],
  [2, 4, 1, 2, 17],
  [3, 3, 1, 2, 22],
  [4, 2, 1, 2, 25],
  [7, 2, 1, 2, 43],
  [64, 2, 1, 2, 385],
])("%i processes: %i, %i and %i connections each, %i in all", (count, batches, lookups, views, all) => {
  expect(shareOf(count)).toEqual({
    batchConnections: batches,
    lookupConnections: lookups,
    viewConnections: views,
  })
  expect(connectionsOf(count)).toBe(all)
})
