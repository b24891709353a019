import { Counter, Gauge, type Registry } from "@prometheus-io/client"

/** Creates the metrics of Redis, which exist only where REDIS_URL is set. */
export function createRedisMetrics(registry: Registry) {
  const registers = [registry]
  return {
    up: new Gauge({
      name: "doorbuster_redis_up",
      help: "1 while limits by address are counted in Redis with other hosts, 0 while each server counts alone; only with REDIS_URL",
      registers,
    }),
    counts: new Counter({
      name: "doorbuster_redis_counts_total",
      help: "Counts for limits by address that went to Redis (shared) or not, because it was away (alone)",
      labelNames: ["result"],
      registers,
    }),
  }
}
