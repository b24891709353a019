import { readFile } from "node:fs/promises"
import { expect } from "vitest"
import { startServerProcess, type ServerProcess } from "./server-process.ts"

/** A server started with `serve --processes`, and its child processes. */
export interface ServerProcesses extends ServerProcess {
  /** The pids of the child processes that serve requests, the oldest first. Linux only. */
  children(): Promise<number[]>
}

/** Starts a server of `count` processes, on the given database or its own. */
export async function startServerProcesses(
  count: number,
  environment: Record<string, string>,
  args: readonly string[] = [],
): Promise<ServerProcesses> {
  const server = await startServerProcess({ LOG_LEVEL: "info", ...environment }, [
    "serve",
    "--processes",
    String(count),
    ...args,
  ])
  const children = () => childrenOf(server.child.pid ?? 0)
  return {
    ...server,
    children,
    async [Symbol.asyncDispose]() {
      // A child that a failed test has left stopped does not notice the end of the primary process.
      const left = await children().catch(() => [])
      await server[Symbol.asyncDispose]()
      for (const pid of left.filter(isThere)) process.kill(pid, "SIGKILL")
    },
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ")
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  )
  return pids.map(Number).filter((_, index) => commands[index]?.includes("serve:child"))
}

/** All descendants that a process has at the moment, including an embedded database. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "")
  const children = text.trim() === "" ? [] : text.trim().split(" ").map(Number)
  const below = await Promise.all(children.map(descendantsOf))
  return [...children, ...below.flat()]
}

/** Waits until all of these processes have ended. */
export async function expectGone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(isThere), { timeout: 15_000 }).toEqual([])
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The number of holds that each process has created, by process number, according to the log. */
export function holdsByProcess(server: ServerProcess): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [, number = ""] of server.output().matchAll(/"process":(\d+),"metric":"hold\.created"/g)) {
    counts[number] = (counts[number] ?? 0) + 1
  }
  return counts
}
