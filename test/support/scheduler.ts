/** Something that is about to happen, and could happen now. */
interface PendingStep {
  readonly at: number
  readonly what: string
  readonly happen: () => void
}

/**
 * A world in which a seed decides what happens next, and whose clock moves only when something
 * does. Whatever could be under way at the same moment is a happening; one after the other is drawn.
 */
export interface Scheduler {
  /** Milliseconds since its beginning. */
  readonly now: number
  /** What has happened, a line each. */
  readonly story: readonly string[]
  readonly random: () => number
  /** True in `share` of the cases. */
  happens(share: number): boolean
  /** A whole number from 0 to one less than `count`. */
  below(count: number): number
  /** Resolves when its turn has come. */
  step(what: string): Promise<void>
  /** The same, not before so many milliseconds have passed. */
  pause(ms: number): Promise<void>
  tell(line: string): void
  /** Lets things happen until nothing is left that could. */
  play(): Promise<void>
}

/** Turns of the event loop after which nothing goes on by itself any more. */
const QUIET_TURNS = 4

/** How much time passes with something that happens; rarely so much that whoever waits has waited too long. */
const STEPS_MS = [0, 0, 1, 1, 5, 20]
const LONG_STEP_MS = 3_000
const LONG_STEPS = 0.01

/** Makes a world out of numbers between 0 and 1. */
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
