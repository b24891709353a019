import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { createClient, type TestClient } from "./http.ts"

const launcher = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))

/** `serve` as a process of its own, with a client of it. Killed, if it still runs, when disposed. */
export interface ServerProcess extends TestClient, AsyncDisposable {
  readonly child: ChildProcess
  readonly url: string
  /** The output of the process so far. */
  output(): string
  /** Sends a signal and waits for the process to end; returns its exit code or signal. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/** Starts a server with `environment` added to a clean environment, and waits until it listens. */
export async function startServerProcess(
  environment: Record<string, string>,
  args: readonly string[] = ["serve"],
  program: string = launcher,
): Promise<ServerProcess> {
  const started = start(environment, args, program)
  const url = (await saying(started, /"url":"([^"]+)","msg":"Listening\."/))[1] ?? ""
  const client = createClient(url)
  return {
    ...started,
    url,
    ...client,
    async [Symbol.asyncDispose]() {
      client.close()
      await started.end("SIGKILL")
    },
  }
}

/** `worker` as a process of its own. Killed, if it still runs, when disposed. */
export type WorkerProcess = Pick<ServerProcess, "child" | "output" | "end"> & AsyncDisposable

/** Starts a worker with `environment` added to a clean environment, and waits until it has started its work. */
export async function startWorkerProcess(
  environment: Record<string, string>,
  args: readonly string[] = ["worker"],
): Promise<WorkerProcess> {
  const started = start({ LOG_LEVEL: "info", ...environment }, args)
  await saying(started, /"msg":"Working\."/)
  return Object.assign(started, {
    async [Symbol.asyncDispose]() {
      await started.end("SIGKILL")
    },
  })
}

// A test that runs out of time while its server starts never gets the server, so that it cannot end it.
const running = new Set<ChildProcess>()
process.once("SIGTERM", () => {
  running.forEach((child) => child.kill("SIGKILL"))
  process.exit()
})

type Started = Pick<ServerProcess, "child" | "output" | "end">

function start(environment: Record<string, string>, args: readonly string[], program = launcher): Started {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  running.add(child)
  child.once("exit", () => running.delete(child))
  let printed = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text))
  return {
    child,
    output: () => printed,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode
      const exited = once(child, "exit")
      child.kill(signal)
      await exited
      return child.exitCode ?? child.signalCode
    },
  }
}

async function saying({ child, output }: Started, words: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const said = words.exec(output())
    if (said !== null) return said
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output()}`)
    await Promise.race([once(child.stdout ?? child, "data"), once(child, "exit")])
  }
}
