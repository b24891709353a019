import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process"
import type { ServerAccount } from "./account.ts"

/**
 * The environment of every PostgreSQL program. This process's own may contain PGDATA, PGPORT or LC_ALL for another
 * server. (Windows adds the variables that it needs.)
 */
const ENVIRONMENT = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }

/** Starts a program as `account`, with a clean environment. */
export function spawnAs(
  account: ServerAccount,
  program: string,
  parameters: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  return spawn(program, parameters, { ...options, ...account, env: ENVIRONMENT, windowsHide: true })
}

/** Runs a program to its end and returns its exit code (null if it was killed) and its output. */
export async function runProgram(
  account: ServerAccount,
  program: string,
  parameters: readonly string[],
  cwd: string,
): Promise<{ exitCode: number | null; output: string }> {
  const child = spawnAs(account, program, parameters, { cwd, stdio: ["ignore", "pipe", "pipe"] })
  const chunks: Buffer[] = []
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk))
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk))
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once("error", reject)
  child.once("close", resolve)
  const exitCode = await promise
  return { exitCode, output: Buffer.concat(chunks).toString("utf8") }
}
