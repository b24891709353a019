/** Who has lived so long did not die of its start. */
const STEADY_AFTER_MS = 10_000
const FIRST_PAUSE_MS = 250
/** What keeps processes from starting may pass; once in so long it is tried again. */
const LONGEST_PAUSE_MS = 10_000

/** How soon a dead process is replaced. */
export interface RestartPace {
  /** Milliseconds to wait after the death of one that lived for `livedMs`. */
  pauseAfter(livedMs: number): number
  /** Deaths in a row that came soon after the start. */
  readonly earlyDeaths: number
}

/**
 * At once, as long as processes live for a while. When they die again and again right after their
 * start, after pauses that double from 250 ms to 10 s.
 */
export function createRestartPace(): RestartPace {
  let earlyDeaths = 0
  return {
    pauseAfter(livedMs) {
      earlyDeaths = livedMs >= STEADY_AFTER_MS ? 0 : earlyDeaths + 1
      if (earlyDeaths < 2) return 0
      return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (earlyDeaths - 2))
    },
    get earlyDeaths() {
      return earlyDeaths
    },
  }
}
