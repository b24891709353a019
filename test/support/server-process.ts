import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { createClient, type TestClient } from "./http.ts"

const launcher = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))

/** `serve` as a process of its own, with a client of it. Killed, if it still runs, when disposed. */
export interface ServerProcess extends TestClient, AsyncDisposable {
  readonly child: ChildProcess
  readonly url: string
  /** Everything it has printed so far. */
  output(): string
  /** Sends a signal and waits for the end; returns exit code or signal. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/** Starts a server with `environment` added to a clean one, and waits until it listens. */
export async function startServerProcess(
  environment: Record<string, string>,
  args: readonly string[] = ["serve"],
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let printed = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text))
  const url = await listeningUrl(child, () => printed)
  const client = createClient(url)

  async function end(signal: NodeJS.Signals) {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode
    const exited = once(child, "exit")
    child.kill(signal)
    await exited
    return child.exitCode ?? child.signalCode
  }
  return {
    child,
    url,
    ...client,
    output: () => printed,
    end,
    async [Symbol.asyncDispose]() {
      client.close()
      await end("SIGKILL")
    },
  }
}

async function listeningUrl(child: ChildProcess, printed: () => string): Promise<string> {
  for (;;) {
    const url = /"url":"([^"]+)","msg":"Listening\."/.exec(printed())?.[1]
    if (url !== undefined) return url
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${printed()}`)
    await Promise.race([once(child.stdout ?? child, "data"), once(child, "exit")])
  }
}
