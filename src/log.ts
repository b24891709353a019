import { fstatSync } from "node:fs"
import pino, { type DestinationStream, type Logger } from "pino"

interface ErrorDescription {
  readonly type: string
  readonly message: string
  readonly code?: unknown
  readonly stack: string | undefined
  readonly cause?: ErrorDescription
}

function describeError(error: unknown): ErrorDescription | string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? describeError(error.cause) : undefined
  return {
    type: error.name,
    message: error.message,
    ...("code" in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(typeof cause === "object" ? { cause } : {}),
  }
}

/**
 * The server's log: one JSON line per event on standard output, times as ISO 8601.
 *
 * Lines are gathered and written together, off the event loop: a slow reader of the log never slows
 * a sale. They are on their way after 50 ms at most, and at the latest when the process ends.
 */
export function createLog(level: string, destination: DestinationStream = standardOutput()): Logger {
  let second = 0
  let prefix = ""
  const options = {
    level,
    base: null,
    timestamp() {
      // All lines of a second share all but their milliseconds.
      const now = Date.now()
      const milliseconds = now % 1000
      if (now - milliseconds !== second) {
        second = now - milliseconds
        prefix = `,"timestamp":"${new Date(second).toISOString().slice(0, -4)}`
      }
      return `${prefix}${String(milliseconds).padStart(3, "0")}Z"`
    },
    formatters: { level: (label: string) => ({ level: label }) },
    // Errors of the driver carry the whole connection with them, its keys included.
    serializers: { err: describeError },
  }
  return pino(options, destination)
}

const FLUSH_MS = 50
/** What a pipe takes in one piece, so that lines of several processes do not run into each other. */
const PIPE_BYTES = 4_096
/** A file takes any number; fewer, larger writes cost less. */
const FILE_BYTES = 64 * 1024
/** Lines that wait for a reader that does not read; beyond it they are dropped rather than the sale. */
const WAITING_BYTES = 64 * 1024 * 1024

function standardOutput(): DestinationStream {
  const { fd } = process.stdout
  const maxWrite = fstatSync(fd).isFile() ? FILE_BYTES : PIPE_BYTES
  return pino.destination({
    fd,
    sync: false,
    minLength: maxWrite - LONGEST_LINE,
    maxWrite,
    maxLength: WAITING_BYTES,
    periodicFlush: FLUSH_MS,
  })
}

/** Of the lines that come in great numbers. */
const LONGEST_LINE = 512
