import { writeSync } from "node:fs"

/** A stream over a pipe, socket or terminal, as Node makes it for standard output and standard error. */
interface WithHandle {
  readonly _handle?: { setBlocking?(isBlocking: boolean): void }
}

/**
 * Keeps writes to a standard stream from waiting for its reader. Node sets pipes, sockets and terminals to
 * non-blocking mode when the stream is first used. But processes that share a pipe share the mode as well, and each of
 * them resets it when it starts or ends. So this must be called before each write. Files never block.
 */
export function keepFromBlocking(stream: NodeJS.WriteStream): void {
  // Node has no public function for this.
  const { _handle } = stream as WithHandle
  _handle?.setBlocking?.(false)
}

/**
 * Writes one line to standard error without ever waiting for its reader. If the pipe is full or closed, or the disk is
 * full, the line is lost. For messages while standard output is blocked.
 */
export function writeToStderr(line: string): void {
  try {
    keepFromBlocking(process.stderr)
    writeSync(process.stderr.fd, `${line}\n`)
  } catch {
    // There is no other stream to report this on.
  }
}
