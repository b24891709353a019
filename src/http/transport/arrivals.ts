import { setTimeout as sleep } from "node:timers/promises"

/** A stopping server to which nobody comes listens for this long. */
const QUIET_MS = 150
/** Once somebody has come there is a crowd, and a crowd on a busy machine may pause for this long. */
const QUIET_IN_A_CROWD_MS = 1_000
/** Clients that never pause are cut off after this. */
const QUIET_WITHIN_MS = 10_000

/** When the last request came. */
export interface Arrivals {
  /** One came; `now` is of `performance.now()`. */
  note(now: number): void
  /**
   * Resolves when requests have stopped coming. To close the listening socket before that would cut the
   * connections that wait in the kernel's queue.
   */
  ended(): Promise<void>
}

/** Watches for requests. */
export function watchArrivals(): Arrivals {
  let lastArrival = 0
  return {
    note(now) {
      lastArrival = now
    },
    async ended() {
      const since = performance.now()
      const quietAt = () => (lastArrival > since ? lastArrival + QUIET_IN_A_CROWD_MS : since + QUIET_MS)
      const until = () => Math.min(quietAt(), since + QUIET_WITHIN_MS)
      for (let now = since; now < until(); now = performance.now()) await sleep(until() - now)
    },
  }
}
