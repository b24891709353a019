import { writeToStderr } from "../base/standard-streams.ts"

// The output of commands, for people and programs. The log of a server is written by base/log.ts.

/**
 * Lets a command go on when its output cannot be written. A reader that closes the pipe early
 * (`doorbuster verify | head`) is no error; a full disk is reported in one line, with exit status 1.
 */
export function surviveLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return
      writeToStderr(`doorbuster: the output cannot be written: ${error.message}`)
      process.exitCode = 1
    })
  }
}

/** Writes a line to standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Writes one JSON document to standard output. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value))
}

/** Writes a line to standard error. */
export function printError(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Shows progress in place, on a terminal only. Call with "" to clear it. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`)
}
