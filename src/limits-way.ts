import type { Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import type { RedisServer } from "./config/redis.ts"
import type { Counts } from "./limits/counts.ts"
import { createLimits, type Limits } from "./limits/limits.ts"
import { createRedisCounts, type RedisCounts, type RedisObserver } from "./limits/redis-counts.ts"
import { createRedisMetrics } from "./metrics/redis-metrics.ts"

/** What counting in Redis needs besides the server. */
export interface RedisWay {
  /** The installation's secret, the same on all hosts. */
  readonly secret: string
  readonly log: Logger
  /** Gets the metrics of Redis. */
  readonly registry: Registry
}

/** The limits of a server, which may be shared over Redis. */
export interface SharedLimits {
  readonly limits: Limits
  /** Connects, for a second at most. Before that, this server counts alone. Never rejects. */
  open(): Promise<void>
  close(): void
}

/** `shared`: the counts of the processes of this port; not given: this server is one process, and counts in Redis itself. */
export function sharedLimits(
  server: RedisServer | null,
  shared: Counts | undefined,
  way: RedisWay,
): SharedLimits {
  const redis = shared === undefined ? redisCounts(server, way) : null
  return {
    limits: createLimits(shared ?? redis),
    open: async () => redis?.open(),
    close: () => redis?.close(),
  }
}

/** Counts over hosts, not yet connected; null where REDIS_URL is not set. */
export function redisCounts(
  server: RedisServer | null,
  { secret, log, registry }: RedisWay,
): RedisCounts | null {
  return server === null
    ? null
    : createRedisCounts({ server, secret, observer: observerOver(server, log, registry) })
}

function observerOver({ host, port }: RedisServer, log: Logger, registry: Registry): RedisObserver {
  const metrics = createRedisMetrics(registry)
  const place = `${host}:${port}`
  return {
    away(reason) {
      metrics.up.set(0)
      log.warn(
        { metric: "redis.away", redis: place, reason },
        "Redis is away: limits by address are counted by this server alone.",
      )
    },
    back() {
      metrics.up.set(1)
      log.info(
        { metric: "redis.back", redis: place },
        "Limits by address are counted in Redis, with the other hosts.",
      )
    },
    counted: (isShared) => metrics.counts.inc({ result: isShared ? "shared" : "alone" }),
  }
}
