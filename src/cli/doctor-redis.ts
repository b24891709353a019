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
    const startedAt = performance.now()
    const key = `${redis.prefix}:${createHmac("sha256", "doctor").update(place).digest("base64url")}`
    await connection.add({ key, by: 1, withinMs: 1_000 })
    const tookMs = (performance.now() - startedAt).toFixed(1)
    // A user may be allowed to count and not to ask.
    const server = await connection.info("server").catch(() => "")
    const memory = await connection.info("memory").catch(() => "")
    const version = fieldIn(server, "redis_version") ?? "of an unknown version"
    return [
      {
        check,
        ok: true,
        found: `${place}, ${version}, counts in ${tookMs} ms; keys begin with ${redis.prefix}:`,
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
