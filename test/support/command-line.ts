import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const launcher = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))

/** The exit status and the output of a command. */
export interface CommandResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

const ENDS_WITHIN_MS = 60_000

/** Runs `bin/doorbuster.mjs`, or a copy of it, with only the given environment (and PATH and HOME). */
export function runCommand(
  args: readonly string[],
  environment: Record<string, string> = {},
  endsWithinMs = ENDS_WITHIN_MS,
  directory?: string,
  program: string = launcher,
): Promise<CommandResult> {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], ...environment }
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, ...args],
      { env, timeout: endsWithinMs, cwd: directory },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : error.code
        if (typeof status === "number") resolve({ status, stdout, stderr })
        else reject(error ?? new Error("no exit status"))
      },
    )
  })
}
