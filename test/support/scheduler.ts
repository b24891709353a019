/** A step that waits for its turn. */
interface PendingStep {
  readonly at: number
  readonly what: string
  readonly happen: () => void
}

/**
 * A deterministic scheduler for tests: a seed decides which step comes next, and its clock advances only with a step.
 * All steps that could run at the same time wait together, and one after the other is drawn at random.
 */
export interface Scheduler {
  /** Milliseconds since the start, on the simulated clock. */
  readonly now: number
  /** The steps that have run, a line each. */
  readonly story: readonly string[]
  readonly random: () => number
  /** True with the probability `share`. */
  happens(share: number): boolean
  /** A random whole number from 0 to `count` - 1. */
  below(count: number): number
  /** Resolves when it is drawn. */
  step(what: string): Promise<void>
  /** Like `step`, but the clock then shows at least `ms` milliseconds later. */
  pause(ms: number): Promise<void>
  tell(line: string): void
  /** Runs steps until none is left. */
  play(): Promise<void>
}

/** Turns of the event loop without a new step after which the code under test only waits. */
const QUIET_TURNS = 4

/** By how much a step advances the clock; rarely by so much that waiting commands time out. */
const STEPS_MS = [0, 0, 1, 1, 5, 20]
const LONG_STEP_MS = 3_000
const LONG_STEPS = 0.01

/** Makes a scheduler from a source of random numbers from 0 to below 1. */
export function createScheduler(random: () => number): Scheduler {
  const open: PendingStep[] = []
  const story: string[] = []
  let now = 0

  function below(count: number): number {
    return Math.floor(random() * count)
  }

  function add(what: string, delayMs: number): Promise<void> {
    return new Promise((happen) => open.push({ at: now + delayMs, what, happen }))
  }

  function happenNext(): void {
    const [next] = open.splice(below(open.length), 1)
    if (next === undefined) return
    const passes = random() < LONG_STEPS ? LONG_STEP_MS : (STEPS_MS[below(STEPS_MS.length)] ?? 0)
    now = Math.max(now + passes, next.at)
    story.push(`${now} ms: ${next.what}`)
    next.happen()
  }

  return {
    get now() {
      return now
    },
    story,
    random,
    happens: (share) => random() < share,
    below,
    step: (what) => add(what, 0),
    pause: (ms) => add(`a pause of ${Math.round(ms)} ms is over`, ms),
    tell: (line) => void story.push(`${now} ms:   ${line}`),
    async play() {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
        await new Promise(setImmediate)
        if (open.length === 0) continue
        quiet = -1
        happenNext()
      }
    },
  }
}
