import { startDoorbuster } from "./doorbuster.ts"
import { startEcho, startSqlPeer } from "./peers.ts"
import { redisVersion, startRedisPeer } from "./redis.ts"
import type { Workspace, Server, ServerName } from "./server.ts"

/** All servers of a run. Each is started when it is first needed and runs until the end. */
export interface Fleet {
  server(name: ServerName): Promise<Server>
  /** Verifies the data of every server; returns the violations, a line each. */
  verify(): Promise<string[]>
  stop(): Promise<void>
}

export function createFleet(workspace: Workspace): Fleet {
  const servers = new Map<ServerName, Promise<Server>>()

  return {
    server(name) {
      const known = servers.get(name)
      if (known !== undefined) return known
      const starting = start(workspace, name)
      servers.set(name, starting)
      return starting
    },
    async verify() {
      const all = await Promise.all(servers.values())
      const found = await Promise.all(
        all.map(async (server) => (await server.verify()).map((problem) => `${server.name}: ${problem}`)),
      )
      return found.flat()
    },
    async stop() {
      await Promise.allSettled([...servers.values()].map(async (server) => (await server).stop()))
    },
  }
}

/** The reason why a server cannot run on this machine; null if it can. */
export function reasonToSkip(name: ServerName): string | null {
  return name.startsWith("redis-") && redisVersion() === null ? "redis-server is not installed" : null
}

function start(workspace: Workspace, name: ServerName): Promise<Server> {
  switch (name) {
    case "doorbuster":
      return startDoorbuster(workspace)
    case "doorbuster-2-processes":
      return startDoorbuster(workspace, { name, processes: 2 })
    case "doorbuster-aged":
      return Promise.reject(new Error("the trial `aged` starts this server itself"))
    case "doorbuster-12-variants":
    case "doorbuster-baskets-of-3":
      return Promise.reject(
        new Error("the trial `variants` measures products of doorbuster under these names"),
      )
    case "doorbuster-details":
      return Promise.reject(new Error("the trial `details` measures a product of doorbuster under this name"))
    case "doorbuster-mail":
      return Promise.reject(new Error("the trial `details` starts this server itself"))
    case "echo":
      return startEcho()
    case "redis-lua-always":
      return startRedisPeer(workspace, "always")
    case "redis-lua-everysec":
      return startRedisPeer(workspace, "everysec")
    case "lock-per-request":
    case "atomic-update":
    case "unit-rows":
      return startSqlPeer(workspace, name)
  }
}
