import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { Redis } from "ioredis"
import { freePort } from "./free-port.ts"

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0
if (!hasRedis && process.env["CI"] === "true") {
  throw new Error("redis-server is missing: install the package redis-server")
}

/** A Redis on loopback, without a file; killed when disposed. */
export interface TestRedis extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** Ends it; what it has counted is lost. */
  stop(): Promise<void>
  /** Starts it again, on the same port. */
  start(): Promise<void>
  /** SIGSTOP: it accepts connections and answers nothing, until `resume`. */
  pause(): void
  resume(): void
  /** Sends a command on a connection of its own. */
  ask(command: string, ...args: string[]): Promise<unknown>
}

/** Starts a Redis with further settings, such as `{ requirepass: "…" }`. */
export async function startRedis(settings: Record<string, string> = {}): Promise<TestRedis> {
  const port = await freePort()
  const all = { port: String(port), bind: "127.0.0.1", save: "", appendonly: "no", ...settings }
  let child: ChildProcess | null = null
  // A test that runs out of time never disposes of it.
  process.once("exit", () => child?.kill("SIGKILL"))

  async function ask(command: string, ...args: string[]): Promise<unknown> {
    const password = settings["requirepass"]
    const login = password === undefined ? {} : { password }
    const client = new Redis({ port, ...login, lazyConnect: true, retryStrategy: () => null, protocol: 2 })
    client.on("error", () => undefined)
    try {
      await client.connect()
      return await client.call(command, ...args)
    } finally {
      client.disconnect()
    }
  }
  async function start(): Promise<void> {
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
    child = spawn("redis-server", args, { stdio: "ignore" })
    for (;;) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`)
      const answer = await ask("PING").catch(() => null)
      if (answer === "PONG") return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  async function stop(): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  }
  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    stop,
    start,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    ask,
    [Symbol.asyncDispose]: stop,
  }
}
