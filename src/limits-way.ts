import type { Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import type { RedisServer } from "./config/redis.ts"
import { createRedisEvents } from "./events/redis-events.ts"
import type { Counts } from "./limits/counts.ts"
import { createLimits, type Limits } from "./limits/limits.ts"
import { createRedisCounts, type RedisCounts } from "./limits/redis-counts.ts"

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
  if (server === null) return null
  const observer = createRedisEvents(log, registry, `${server.host}:${server.port}`)
  return createRedisCounts({ server, secret, observer })
}
