import { setTimeout as sleep } from "node:timers/promises"

/** How long a stopping server goes on listening when no request arrives. */
const QUIET_MS = 150
/**
 * How long a stopping server goes on listening after a request: a crowd's requests may be this far apart on a busy
 * machine.
 */
const QUIET_IN_A_CROWD_MS = 1_000
/** A stopping server stops listening after this time even if requests still arrive. */
const QUIET_WITHIN_MS = 10_000

/** Remembers when the last request arrived. */
export interface Arrivals {
  /** Notes an arrival at `now`, a time of `performance.now()`. */
  note(now: number): void
  /**
   * Resolves when requests have stopped arriving. Closing the listening socket earlier would break the connections
   * that wait in the kernel's queue. `quietMs` is how long none may arrive; {@link QUIET_MS} if not given.
   */
  ended(quietMs?: number): Promise<void>
}

/** Makes a record of arrivals without any. */
export function watchArrivals(): Arrivals {
  let lastArrival = 0
  return {
    note(now) {
      lastArrival = now
    },
    async ended(quietMs = QUIET_MS) {
      const since = performance.now()
      const quietAt = () => (lastArrival > since ? lastArrival + QUIET_IN_A_CROWD_MS : since + quietMs)
      const until = () => Math.min(quietAt(), since + QUIET_WITHIN_MS)
      for (let now = since; now < until(); now = performance.now()) await sleep(until() - now)
    },
  }
}
