/** One step of a process's stop. */
export interface StopStep {
  /** Names the step in the log when it is given up. */
  readonly name: string
  /** More than the step usually needs; if not given, only the deadline of the stop limits it. */
  readonly limitMs?: number
  run(): Promise<unknown>
}

/** A step that took too long or failed. */
export interface GivenUp {
  readonly step: string
  readonly afterMs: number
  /** Null if the step took too long. */
  readonly error: unknown
}

/** The time that is reserved for each later step, so that a step that hangs does not use up their time. */
const RESERVED_MS = 1_000

/**
 * Runs the steps one after the other, and always ends before `deadline` (on the clock of `performance.now()`). A step
 * is given up at its own limit, or when only the reserved time of the later steps is left. After a step that fails or
 * is given up, the next one runs.
 */
export async function takeSteps(steps: readonly StopStep[], deadline: number): Promise<GivenUp[]> {
  const givenUp: GivenUp[] = []
  const reservedMs = Math.min(RESERVED_MS, Math.max(0, deadline - performance.now()) / (2 * steps.length))
  for (const [index, step] of steps.entries()) {
    const startedAt = performance.now()
    const untilLater = deadline - (steps.length - 1 - index) * reservedMs - startedAt
    const outcome = await within(Math.min(step.limitMs ?? Infinity, Math.max(untilLater, 0)), () =>
      step.run(),
    )
    if (outcome === "done") continue
    const error = outcome === "late" ? null : outcome.error
    givenUp.push({ step: step.name, afterMs: Math.round(performance.now() - startedAt), error })
  }
  return givenUp
}

async function within(
  milliseconds: number,
  work: () => Promise<unknown>,
): Promise<"done" | "late" | { error: unknown }> {
  const { promise, resolve } = Promise.withResolvers<"late">()
  const timer = setTimeout(resolve, milliseconds, "late")
  // A failure after the limit is ignored, because the step has been given up already.
  const outcome = work().then(
    () => "done" as const,
    (error: unknown) => ({ error }),
  )
  try {
    return await Promise.race([outcome, promise])
  } finally {
    clearTimeout(timer)
  }
}
