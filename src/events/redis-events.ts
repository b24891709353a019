import type { Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import type { RedisObserver } from "../limits/redis-counts.ts"
import { createRedisMetrics } from "../metrics/redis-metrics.ts"

/** The events of Redis: log lines, and metrics in `registry`. `place`: the server's host and port. */
export function createRedisEvents(log: Logger, registry: Registry, place: string): RedisObserver {
  const metrics = createRedisMetrics(registry)
  return {
    away(reason) {
      metrics.setUp(false)
      log.warn(
        { metric: "redis.away", redis: place, reason },
        "Redis is away: limits by address are counted by this server alone.",
      )
    },
    back() {
      metrics.setUp(true)
      log.info(
        { metric: "redis.back", redis: place },
        "Limits by address are counted in Redis, with the other hosts.",
      )
    },
    counted: (tookMs) => metrics.counted(tookMs),
  }
}
