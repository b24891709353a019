import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { memoryOf } from "./memory.ts"
import type { Counts, Workspace, Server, ServerName } from "./server.ts"

/** The pool size of each peer: the fastest of 1, 2, 4, 8, 16 and 32; see docs/internals/performance.md. */
export const bestPool = { "lock-per-request": 4, "atomic-update": 2, "unit-rows": 32 } as const

export type SqlPeer = keyof typeof bestPool

/** Starts one of the peers over PostgreSQL, with a database of its own. */
export async function startSqlPeer(workspace: Workspace, name: SqlPeer, pool: number = bestPool[name]) {
  return startPeer(name, name, { DATABASE_URL: await workspace.createDatabase(name), POOL: String(pool) })
}

/** Starts the server of constant responses. It stores nothing, so there is nothing to count. */
export async function startEcho(): Promise<Server> {
  const echo = await startPeer("echo", "echo", {})
  const [open, soldOut] = [1, 2]
  return { ...echo, createProduct: async (stock) => (stock > 1 ? open : soldOut) }
}

/** Starts a peer's program in a process of its own. */
export async function startPeer(
  name: ServerName,
  program: string,
  environment: Record<string, string>,
  onStop: () => Promise<void> = async () => undefined,
): Promise<Server> {
  const path = fileURLToPath(new URL(`../peers/${program}.ts`, import.meta.url))
  const child = fork(path, { env: { ...process.env, ...environment } })
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${name} ended with ${String(code)}`)
  })
  const [{ url }] = (await Promise.race([once(child, "message"), ended])) as [{ url: string }]
  ended.catch(() => undefined)
  const { hostname, port } = new URL(url)

  async function ask<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(new URL(path, url), {
      method: body === undefined ? "GET" : "POST",
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${name} answers ${response.status}: ${await response.text()}`)
    return (await response.json()) as T
  }

  return {
    name,
    host: hostname,
    port: Number(port),
    memory: () => memoryOf(child.pid ?? 0),
    createProduct: async (stock) => (await ask<{ id: number }>("/bench/products", { stock })).id,
    counts: (productId) => ask<Counts>(`/bench/products/${productId}`),
    verify: async () => [],
    async stop() {
      if (child.connected) {
        const exited = once(child, "exit")
        child.disconnect()
        await exited
      }
      await onStop()
    },
  }
}
