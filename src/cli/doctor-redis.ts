import { createHmac } from "node:crypto"
import type { Config } from "../config/config.ts"
import { openRedis, type RedisConnection } from "../limits/redis-connection.ts"
import type { Finding } from "./finding.ts"

const check = "Redis"

/** Checks that Redis takes the login and counts, and how it is set up. None without REDIS_URL. */
export async function checkRedis({ redis }: Pick<Config, "redis">): Promise<Finding[]> {
  if (redis === null) return []
  const place = `${redis.host}:${redis.port}`
  let connection: RedisConnection | null = null
  try {
    connection = await openRedis(redis)
    const key = `${redis.prefix}:${createHmac("sha256", "doctor").update(place).digest("base64url")}`
    const tookMs = await usualMs(connection, key)
    // A user may be allowed to count and not to ask.
    const server = await connection.info("server").catch(() => "")
    const memory = await connection.info("memory").catch(() => "")
    const version = fieldIn(server, "redis_version") ?? "of an unknown version"
    return [
      {
        check,
        ok: true,
        ...(tookMs >= SLOW_FROM_MS && { weak: true }),
        found: `${place}, ${version}, counts in ${tookMs.toFixed(1)} ms; keys begin with ${redis.prefix}:${tookMs >= SLOW_FROM_MS ? slowText : ""}`,
      },
      ...memoryFinding(memory),
    ]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const found = `${place} does not count: ${reason}; serve runs, and each server counts limits by address alone`
    return [{ check, ok: false, found }]
  } finally {
    connection?.close()
  }
}

/** From this time of a count on the way to Redis, or Redis itself, is worth a look: near by it takes about one. */
const SLOW_FROM_MS = 20
const slowText =
  "; that is slow: requests that wait for a count take that much longer, and from 100 ms on each server counts alone"

/** The middle of five counts, in milliseconds: the first loads the script, and this machine may be busy for a moment. */
async function usualMs(connection: RedisConnection, key: string): Promise<number> {
  const times: number[] = []
  for (let counted = 0; counted < 5; counted += 1) {
    const startedAt = performance.now()
    await connection.add({ key, by: 1, withinMs: 1_000 })
    times.push(performance.now() - startedAt)
  }
  return times.toSorted((one, other) => one - other)[2] ?? 0
}

/** A full Redis that evicts nothing takes no counts; one that evicts any key may forget a count too early. */
function memoryFinding(info: string): Finding[] {
  const policy = fieldIn(info, "maxmemory_policy")
  const most = Number(fieldIn(info, "maxmemory") ?? "0")
  if (policy === undefined) return []
  if (most === 0) return [{ check: "Redis memory", ok: true, found: `no limit, ${policy}` }]
  const about = { check: "Redis memory", ok: true }
  const found = `${Math.round(most / 1_048_576)} MiB, ${policy}`
  if (policy !== "noeviction") return [{ ...about, found }]
  const advice =
    "when it is full, it counts nothing and each server counts alone: set maxmemory-policy to volatile-ttl"
  return [{ ...about, weak: true, found: `${found}; ${advice}` }]
}

function fieldIn(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1]
}
