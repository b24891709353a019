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
  const options = {
    level,
    base: null,
    timestamp,
    formatters: { level: (label: string) => ({ level: label }) },
    // Errors of the driver carry the whole connection with them, its keys included.
    serializers: { err: describeError },
  }
  return pino(options, destination)
}

let timestampOf = 0
let timestampText = ""

/** The member with the time, made once for all lines of a millisecond. */
function timestamp(): string {
  const now = Date.now()
  if (now !== timestampOf) {
    timestampOf = now
    timestampText = `,"timestamp":"${new Date(now).toISOString()}"`
  }
  return timestampText
}

/** Writes several lines at once: each is given as the members that come after its time, `"a":1,"b":2`. */
export type WriteLines = (level: "info", lines: readonly string[]) => void

/**
 * A way to write what comes in hundreds a moment, with one time and as few pieces of text as can be:
 * to put a line together member by member costs the library as much as the hold that it tells of.
 */
export function lineWriter(log: Logger): WriteLines {
  // The library offers its parts for unusual uses such as this one.
  const stream = (log as unknown as Record<symbol, DestinationStream>)[pino.symbols.streamSym]
  const bindings = (log as unknown as Record<symbol, string>)[pino.symbols.chindingsSym] ?? ""
  if (stream === undefined) throw new Error("the log has nowhere to write to")

  return (level, lines) => {
    if (!log.isLevelEnabled(level)) return
    const start = `{"level":"${level}"${timestamp()}${bindings},`
    let text = ""
    for (const line of lines) {
      const whole = `${start}${line}}\n`
      if (text !== "" && text.length + whole.length > PIPE_BYTES) {
        stream.write(text)
        text = ""
      }
      text += whole
    }
    if (text !== "") stream.write(text)
  }
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
