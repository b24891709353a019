import { expect, test } from "vitest"
import { createRestartDelay } from "../../src/processes/restart-delay.ts"

test.each([
  ["a process that has served for long is replaced at once", [60_000, 60_000, 60_000], [0, 0, 0]],
  ["the first process that dies early is replaced at once, too", [100], [0]],
  [
    "further early ends double the pause, up to ten seconds",
    [100, 100, 100, 100, 100, 100, 100, 100, 100],
    [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000],
  ],
  [
    "a process that lives for ten seconds resets the pause",
    [100, 100, 100, 10_000, 100, 100],
    [0, 250, 500, 0, 0, 250],
  ],
])("%s", (_, lives, pauses) => {
  const delay = createRestartDelay()

  expect(lives.map((livedMs) => delay.after(livedMs))).toEqual(pauses)
})
