/** A process that has lived this long did not fail at its start. */
const STEADY_AFTER_MS = 10_000
const FIRST_DELAY_MS = 250
/** The cause of failed starts may go away, so the next start is never later than this. */
const LONGEST_DELAY_MS = 10_000

/** How soon a dead process is replaced. */
export interface RestartDelay {
  /** Milliseconds to wait after the death of a process that lived for `livedMs`. */
  after(livedMs: number): number
  /** Deaths in a row that came soon after the start. */
  readonly earlyDeaths: number
}

/**
 * No delay as long as processes live for a while. When they die repeatedly right after their start, the delay doubles
 * from 250 ms to 10 s.
 */
export function createRestartDelay(): RestartDelay {
  let earlyDeaths = 0
  return {
    after(livedMs) {
      earlyDeaths = livedMs >= STEADY_AFTER_MS ? 0 : earlyDeaths + 1
      if (earlyDeaths < 2) return 0
      return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (earlyDeaths - 2))
    },
    get earlyDeaths() {
      return earlyDeaths
    },
  }
}
