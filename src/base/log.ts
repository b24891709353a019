import pino, { type DestinationStream, type Logger } from "pino"
import { createLogOutput, PIPE_BYTES, type LogOutput } from "./log-output.ts"
import { prettyOutput } from "./pretty-lines.ts"
import { keepFromBlocking } from "./standard-streams.ts"
import { tracing } from "./tracing.ts"

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

/** How lines are written: JSON for programs, or readable for people. */
export type LogFormat = "json" | "pretty"

/**
 * The server's log: one JSON line per event on standard output, times as ISO 8601; or readable lines.
 *
 * Lines are collected and written together, off the event loop, so a slow reader of the log never slows a
 * sale. A line is written after 50 ms at most, and at the latest when the process ends. Every line
 * contains `members`.
 */
export function createLog(
  level: string,
  destination?: DestinationStream,
  members: Readonly<Record<string, unknown>> | null = null,
  format: LogFormat = "json",
): Logger {
  const options = {
    level,
    base: members,
    timestamp,
    mixin: traceMembers,
    // By default the line's members would be added to the one object of lines without a trace, and so stand in all later lines.
    mixinMergeStrategy: (own: object, more: object) => (more === noMembers ? own : { ...more, ...own }),
    formatters: { level: (label: string) => ({ level: label }) },
    // The driver's errors hold the whole connection, including its password.
    serializers: { err: describeError },
  }
  const log: Logger = pino(options, destination ?? standardOutput(format, (lines) => warnOfLoss(log, lines)))
  return log
}

function warnOfLoss(log: Logger, droppedLines: number): void {
  log.warn({ metric: "log.dropped", dropped_lines: droppedLines }, "The log can be written again.")
}

const noMembers = Object.freeze({})

/** The ids of the span in whose name a line is written; none unless traces are recorded. */
function traceMembers(): object {
  const span = tracing()?.active() ?? null
  return span === null ? noMembers : { trace_id: span.traceId, span_id: span.spanId }
}

/** The same as JSON members that follow others. */
function traceText(): string {
  const span = tracing()?.active() ?? null
  return span === null ? "" : `,"trace_id":"${span.traceId}","span_id":"${span.spanId}"`
}

let timestampOf = 0
let timestampText = ""

/** The member `timestamp`, formatted once for all lines of a millisecond. */
function timestamp(): string {
  const now = Date.now()
  if (now !== timestampOf) {
    timestampOf = now
    timestampText = `,"timestamp":"${new Date(now).toISOString()}"`
  }
  return timestampText
}

/** Writes several lines at once. Each is given as the JSON members that follow the timestamp, `"a":1,"b":2`. */
export type WriteLines = (level: "info", lines: readonly string[]) => void

/**
 * Writes the lines of a batch together, with one timestamp. The library puts a line together member by
 * member, which costs as much as the hold that the line reports.
 */
export function lineWriter(log: Logger): WriteLines {
  const stream = streamOf(log)
  const bindings = (log as unknown as Record<symbol, string>)[pino.symbols.chindingsSym] ?? ""
  if (stream === undefined) throw new Error("the log has no output stream")

  return (level, lines) => {
    if (!log.isLevelEnabled(level)) return
    const start = `{"level":"${level}"${timestamp()}${bindings}${traceText()},`
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

/** How long the end of the process may wait for the log, if it was not flushed before. */
const LAST_FLUSH_MS = 250

function standardOutput(format: LogFormat, onBack: (droppedLines: number) => void): LogOutput {
  const { stdout } = process
  const output = createLogOutput({ fd: stdout.fd, beforeWrite: () => keepFromBlocking(stdout), onBack })
  process.once("exit", () => output.flushNow(LAST_FLUSH_MS))
  return format === "pretty" ? prettyOutput(output, stdout.isTTY) : output
}

/** Lines that were dropped because the reader of the log stood still or was gone, or the disk was full. */
export function droppedLinesOf(log: Logger): number {
  return outputOf(log)?.droppedLines ?? 0
}

/** The number of lines that were dropped or still wait to be written. */
export function unwrittenLinesOf(log: Logger): number {
  const output = outputOf(log)
  return output === null ? 0 : output.droppedLines + output.waitingLines
}

/** If the reader of the log has read nothing for this time, a flush gives up. */
const STANDSTILL_MS = 2_000

/** Writes the waiting lines. False if that takes longer than `withinMs`, fails, or makes no progress. */
export async function flushLog(log: Logger, withinMs: number): Promise<boolean> {
  const output = outputOf(log)
  if (output === null) return true
  const deadline = performance.now() + withinMs
  for (;;) {
    const before = output.waitingBytes
    const leftMs = deadline - performance.now()
    if (await output.flush(Math.min(STANDSTILL_MS, leftMs))) return true
    if (output.waitingBytes === before || leftMs <= STANDSTILL_MS) return false
  }
}

/** Null if a test has given another destination. */
function outputOf(log: Logger): LogOutput | null {
  const stream = streamOf(log)
  return stream !== undefined && "flushNow" in stream ? (stream as LogOutput) : null
}

/** pino exports the symbols of its internals for uses such as this. */
function streamOf(log: Logger): DestinationStream | undefined {
  return (log as unknown as Record<symbol, DestinationStream>)[pino.symbols.streamSym]
}
