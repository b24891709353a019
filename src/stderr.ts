import { writeSync } from "node:fs"

/**
 * Writes one line to standard error without ever waiting for its reader: what a full pipe, a closed one or a full
 * disk does not take is lost. For words that must be said while standard output is stuck.
 */
export function writeToStderr(line: string): void {
  try {
    // Asking for the stream makes pipes, sockets and terminals non-blocking; a plain `writeSync` could block for ever.
    writeSync(process.stderr.fd, `${line}\n`)
  } catch {
    // Nothing is left to say it with.
  }
}
