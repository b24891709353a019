import { setTimeout as sleep } from "node:timers/promises"

/** How long a stopping server goes on listening when no request arrives. */
const QUIET_MS = 150
/**
 * How long a stopping server goes on listening after a request of a crowd: they may be this far apart on a busy
 * machine.
 */
const QUIET_IN_A_CROWD_MS = 1_000
/** Where the last so many requests arrived within {@link QUIET_IN_A_CROWD_MS}, a crowd is there. */
const CROWD = 32
/** A stopping server stops listening after this time even if requests still arrive. */
const QUIET_WITHIN_MS = 10_000
/** How often a stopping server looks whether it is still busy. */
const LOOK_EVERY_MS = 50

/** Remembers when the last requests arrived. */
export interface Arrivals {
  /** Notes an arrival at `now`, a time of `performance.now()`. */
  note(now: number): void
  /**
   * Resolves when requests have stopped arriving. Closing the listening socket earlier would break the connections
   * that wait in the kernel's queue. `quietMs` is how long none may arrive at first; a moment if not given, longer where a crowd
   * is there.
   */
  ended(quietMs?: number): Promise<void>
}

/**
 * Makes a record of arrivals without any. `isBusy` says whether requests wait for the database: their clients, and
 * those that wait for a connection behind them, are silent until it answers.
 */
export function watchArrivals(isBusy: () => boolean): Arrivals {
  const times = new Float64Array(CROWD).fill(-Infinity)
  let count = 0
  const last = () => times[(count + CROWD - 1) % CROWD] ?? 0
  const earliest = () => times[count % CROWD] ?? 0
  return {
    note(now) {
      times[count % CROWD] = now
      count += 1
    },
    async ended(quietMs) {
      const since = performance.now()
      const isCrowd = earliest() > since - QUIET_IN_A_CROWD_MS
      const quiet = quietMs ?? (isCrowd ? QUIET_IN_A_CROWD_MS : QUIET_MS)
      let busyAt = -Infinity
      function quietAt(now: number): number {
        if (isBusy()) busyAt = now
        const lastSeen = Math.max(last(), busyAt)
        return lastSeen >= since ? lastSeen + QUIET_IN_A_CROWD_MS : since + quiet
      }
      for (let now = since; now < Math.min(quietAt(now), since + QUIET_WITHIN_MS); now = performance.now())
        await sleep(Math.min(LOOK_EVERY_MS, quietAt(now) - now))
    },
  }
}
