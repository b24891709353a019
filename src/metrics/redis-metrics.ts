import { Counter, Gauge, type Registry } from "@prometheus-io/client"

/** How far back the slowest count is looked for: between one and two of these, in milliseconds. */
const SLOWEST_OF_MS = 30_000

/** Creates the metrics of Redis, which exist only where REDIS_URL is set. `clock`: monotonic milliseconds. */
export function createRedisMetrics(registry: Registry, clock: () => number = () => performance.now()) {
  const registers = [registry]
  let [slowest, slowestBefore, since] = [0, 0, clock()]

  /** Forgets the counts before the last span, and those of the last one when nothing was counted for two. */
  function turn(): void {
    const spans = Math.floor((clock() - since) / SLOWEST_OF_MS)
    if (spans === 0) return
    slowestBefore = spans === 1 ? slowest : 0
    slowest = 0
    since += spans * SLOWEST_OF_MS
  }

  const slowestCount: Gauge = new Gauge({
    name: "doorbuster_redis_slowest_count_seconds",
    help: "Slowest count in Redis of the last 30 to 60 seconds; 0 if there was none",
    registers,
    collect() {
      turn()
      slowestCount.set(Math.max(slowest, slowestBefore) / 1_000)
    },
  })
  const counts = new Counter({
    name: "doorbuster_redis_counts_total",
    help: "Counts for limits by address that went to Redis (shared) or not, because it was away (alone)",
    labelNames: ["result"],
    registers,
  })
  // Prometheus sees no increase in a series that begins with 1.
  for (const result of ["shared", "alone"]) counts.inc({ result }, 0)
  const up = new Gauge({
    name: "doorbuster_redis_up",
    help: "1 while limits by address are counted in Redis with other hosts, 0 while each server counts alone; only with REDIS_URL",
    registers,
  })
  const changed = new Gauge({
    name: "doorbuster_redis_changed_time_seconds",
    help: "Time when doorbuster_redis_up last changed, in seconds since 1970",
    registers,
  })
  return {
    /** Redis is used from now on, or is not. */
    setUp(isUp: boolean): void {
      up.set(isUp ? 1 : 0)
      changed.setToCurrentTime()
    },
    /** `tookMs` null: counted by this server alone. */
    counted(tookMs: number | null): void {
      counts.inc({ result: tookMs === null ? "alone" : "shared" })
      if (tookMs === null) return
      turn()
      slowest = Math.max(slowest, tookMs)
    },
  }
}
