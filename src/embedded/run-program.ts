import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process"
import type { ServerAccount } from "./account.ts"

/**
 * The environment of every PostgreSQL program: ours might hold PGDATA, PGPORT or LC_ALL of somebody else.
 * (Windows adds what it cannot do without.)
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

/** Runs a program to its end and returns its exit code (null: killed) and everything it said. */
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
