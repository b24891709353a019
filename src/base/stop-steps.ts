/** One thing that a stopping process waits for. */
export interface StopStep {
  /** For the log: what is given up when the step takes too long. */
  readonly name: string
  /** More than the step needs where all is well; no limit of its own if not given. */
  readonly limitMs?: number
  run(): Promise<unknown>
}

/** A step that was not finished in its time, or failed. */
export interface GivenUp {
  readonly step: string
  readonly afterMs: number
  /** Null: its time was over. */
  readonly error: unknown
}

/** Kept for each later step, so that one that hangs does not take the time of all others. */
const RESERVED_MS = 1_000

/**
 * Takes the steps one after the other and ends before `deadline`, of `performance.now()`, whatever they do: a step
 * that is not finished within its limit, or in the time that the later ones leave it, is left behind and given up. A
 * step that fails does not keep the next one from running.
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
  // The stop has gone on without this step: a failure after the limit is reported nowhere.
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
