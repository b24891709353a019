import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdir } from "node:fs/promises"
import { createServer, type AddressInfo } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Redis } from "ioredis"
import { startPeer } from "./peers.ts"
import type { Workspace, Server } from "./server.ts"

/** The version of redis-server on this machine; null if it is not installed. */
export function redisVersion(): string | null {
  const { stdout } = spawnSync("redis-server", ["--version"], { encoding: "utf8" })
  return /v=([\d.]+)/.exec(stdout ?? "")?.[1] ?? null
}

/** Starts a Redis with an append-only file in the workspace, and the peer that uses it. */
export async function startRedisPeer(
  workspace: Workspace,
  appendfsync: "always" | "everysec",
): Promise<Server> {
  const name = `redis-lua-${appendfsync}` as const
  const directory = join(workspace.directory, name)
  await mkdir(directory, { recursive: true })
  const port = await freePort()
  const settings = {
    port,
    bind: "127.0.0.1",
    dir: directory,
    appendonly: "yes",
    appendfsync,
    save: "",
  }
  const options = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)])
  const child = spawn("redis-server", options, { stdio: "ignore" })
  const url = `redis://127.0.0.1:${port}`
  await answers(url)
  return startPeer(name, "redis-lua", { REDIS_URL: url }, async () => {
    const exited = once(child, "exit")
    if (child.kill("SIGTERM")) await exited
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

async function answers(url: string): Promise<void> {
  const deadline = performance.now() + 10_000
  for (;;) {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
    redis.on("error", () => undefined)
    try {
      await redis.connect()
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
    } finally {
      redis.disconnect()
    }
    await sleep(50)
  }
}
