import { writeSync } from "node:fs"

/** A stream over a pipe, socket or terminal, as Node makes it for standard output and standard error. */
interface WithHandle {
  readonly _handle?: { setBlocking?(isBlocking: boolean): void }
}

/**
 * Keeps writes to a standard stream from waiting for its reader. Node makes pipes, sockets and terminals non-blocking
 * when their stream is first asked for; but processes that share one share that mode as well, and each of them that
 * starts or ends sets it back. So this is called before each write. Files never block, and are left as they are.
 */
export function keepFromBlocking(stream: NodeJS.WriteStream): void {
  // Node has no public way for it.
  const { _handle } = stream as WithHandle
  _handle?.setBlocking?.(false)
}

/**
 * Writes one line to standard error without ever waiting for its reader: what a full pipe, a closed one or a full
 * disk does not take is lost. For words that must be said while standard output is stuck.
 */
export function writeToStderr(line: string): void {
  try {
    keepFromBlocking(process.stderr)
    writeSync(process.stderr.fd, `${line}\n`)
  } catch {
    // Nothing is left to say it with.
  }
}
