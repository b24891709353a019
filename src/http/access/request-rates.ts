import type { FastifyRateLimitStore } from "@fastify/rate-limit"
import type { AttemptLimit } from "../../limits/attempt-limit.ts"
import type { Limits } from "../../limits/limits.ts"

type Done = (error: Error | null, result?: { current: number; ttl: number }) => void

const WITHIN_MS = 60_000

/**
 * The store of `@fastify/rate-limit` where counts are shared. Each route counts by itself, in memory, so that no request waits
 * for another process.
 */
export function sharedRates(limits: Limits, perMinute: number) {
  return class SharedRates implements FastifyRateLimitStore {
    #limit: AttemptLimit | null = null

    incr(key: string, done: Done): void {
      // The plugin asks the store that it makes first for nothing: only those of routes count.
      if (this.#limit === null) return done(new Error("this store belongs to no route"))
      const { count, endsInMs } = this.#limit.note(key)
      done(null, { current: count, ttl: endsInMs })
    }

    child(options: object): SharedRates {
      const route = new SharedRates()
      route.#limit = limits.attempts({ name: nameOf(options), most: perMinute, withinMs: WITHIN_MS })
      return route
    }
  }
}

/** The name of a route's limit, the same in all processes. The plugin's types do not know `routeInfo`, its documentation does. */
function nameOf(options: object): string {
  const { routeInfo } = options as { routeInfo?: { method: string | string[]; url: string } }
  if (routeInfo === undefined) throw new Error("a rate limit without a route cannot be shared")
  return `${[routeInfo.method].flat().join(",")} ${routeInfo.url}`
}
