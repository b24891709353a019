import { expect, test } from "vitest"
import { createRestartDelay } from "../../src/processes/restart-delay.ts"

test.each([
  ["one that has served for long is replaced at once", [60_000, 60_000, 60_000], [0, 0, 0]],
  ["so is the first that dies early", [100], [0]],
  [
    "then the pauses double, to ten seconds",
    [100, 100, 100, 100, 100, 100, 100, 100, 100],
    [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000],
  ],
  ["until one has lived for ten seconds", [100, 100, 100, 10_000, 100, 100], [0, 250, 500, 0, 0, 250]],
])("%s", (_, lives, pauses) => {
  const delay = createRestartDelay()

  expect(lives.map((livedMs) => delay.after(livedMs))).toEqual(pauses)
})
