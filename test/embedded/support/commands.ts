import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { EmbeddedOptions } from "../../../src/embedded/embedded-postgres.ts"

/** The first message of the command. */
type Report =
  | { kind: "started"; url: string; adopted: boolean }
  | { kind: "failed"; message: string; exitCode: number | null }

export interface Command {
  process: ChildProcess
  pid: number
  report: Promise<Report>
  /** Makes it stop the server and end. */
  stop(): Promise<void>
  /** Makes it end without stopping the server. */
  leave(): Promise<void>
  kill(): Promise<void>
}

/** Another account, and the copies of Node and of this project that it can read. */
export interface Elsewhere {
  uid: number
  gid: number
  node: string
  script: string
}

const SCRIPT = fileURLToPath(new URL("command.ts", import.meta.url))
const running = new Set<ChildProcess>()

/** Starts a command. `detached`: in a process group of its own, as a terminal does. */
export function runCommand(
  options: Omit<EmbeddedOptions, "log">,
  { elsewhere, detached = false }: { elsewhere?: Elsewhere; detached?: boolean } = {},
): Command {
  const child = fork(elsewhere?.script ?? SCRIPT, [JSON.stringify(options)], {
    execPath: elsewhere?.node ?? process.execPath,
    execArgv: [],
    detached,
    cwd: "/",
    ...(elsewhere && { uid: elsewhere.uid, gid: elsewhere.gid }),
  })
  running.add(child)
  const ended = once(child, "exit").finally(() => running.delete(child))
  const send = async (order: string) => {
    child.send(order)
    await ended
  }
  const kill = async () => {
    child.kill("SIGKILL")
    await ended
  }
  const report = once(child, "message").then(([report]): Report => report)
  return {
    process: child,
    pid: child.pid ?? 0,
    report,
    stop: () => send("stop"),
    leave: () => send("leave"),
    kill,
  }
}

/** Kills the commands that a failed test has left behind. */
export function killCommands(): void {
  for (const child of running) child.kill("SIGKILL")
}

/** The report of a command; throws if it did not start the server. */
export async function started(command: Command): Promise<{ url: string; adopted: boolean }> {
  const report = await command.report
  if (report.kind === "failed") throw new Error(report.message)
  return report
}
