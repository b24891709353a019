import { setTimeout as sleep } from "node:timers/promises"
import { expect, test, vi } from "vitest"
import { takeSteps, type StopStep } from "../../src/base/stop-steps.ts"

const never = () => new Promise<never>(() => undefined)

function recorded(steps: readonly StopStep[]) {
  const begun: string[] = []
  return {
    begun,
    steps: steps.map((step) => ({
      ...step,
      run() {
        begun.push(step.name)
        return step.run()
      },
    })),
  }
}

test("steps are taken in order, each when the one before is done", async () => {
  const { begun, steps } = recorded([
    { name: "one", run: () => sleep(20) },
    { name: "two", run: async () => undefined },
  ])
  expect(await takeSteps(steps, performance.now() + 1_000)).toEqual([])
  expect(begun).toEqual(["one", "two"])
})

test("a step that hangs is given up at its limit, one that fails at once, and the others are taken all the same", async () => {
  const fault = new Error("broken")
  const { begun, steps } = recorded([
    { name: "hangs", limitMs: 50, run: never },
    { name: "fails", run: () => Promise.reject(fault) },
    { name: "works", run: async () => undefined },
  ])
  const givenUp = await takeSteps(steps, performance.now() + 10_000)

  expect(begun).toEqual(["hangs", "fails", "works"])
  expect(givenUp).toMatchObject([
    { step: "hangs", error: null },
    { step: "fails", error: fault },
  ])
  expect(givenUp[0]?.afterMs).toBeLessThan(1_000)
})

test("all of it ends at the deadline, whatever hangs, and each step has had its part of the time", async () => {
  const { begun, steps } = recorded(["one", "two", "three", "four"].map((name) => ({ name, run: never })))
  // A busy machine would take the time of a step away.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
  try {
    const startedAt = performance.now()
    const stopping = takeSteps(steps, startedAt + 800)
    await vi.runAllTimersAsync()
    const givenUp = await stopping

    expect(performance.now() - startedAt).toBe(800)
    expect(begun).toHaveLength(4)
    expect(givenUp).toEqual(
      [500, 100, 100, 100].map((afterMs, index) => ({ step: begun[index], afterMs, error: null })),
    )
  } finally {
    vi.useRealTimers()
  }
})
