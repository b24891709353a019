import type { Server } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"

/** A stopping server to which nobody comes listens for this long. */
const QUIET_MS = 150
/** Once somebody has come there is a crowd, and a crowd on a busy machine may pause for this long. */
const QUIET_IN_A_CROWD_MS = 1_000
/** Clients that never pause are cut off after this. */
const QUIET_WITHIN_MS = 10_000

/**
 * Watches for requests; the returned function resolves when they have stopped coming. To close the
 * listening socket before that would cut the connections that wait in the kernel's queue.
 */
export function watchArrivals(server: Server): () => Promise<void> {
  let lastArrival = 0
  server.on("request", () => (lastArrival = performance.now()))

  return async () => {
    const since = performance.now()
    const quietAt = () => (lastArrival > since ? lastArrival + QUIET_IN_A_CROWD_MS : since + QUIET_MS)
    const until = () => Math.min(quietAt(), since + QUIET_WITHIN_MS)
    for (let now = since; now < until(); now = performance.now()) await sleep(until() - now)
  }
}
