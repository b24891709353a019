import type { LogOutput } from "./log-output.ts"

const colours: Readonly<Record<string, string>> = {
  warn: "33",
  error: "31",
  fatal: "31",
  debug: "2",
  trace: "2",
}

/** The output with each line made readable: `12:00:00.000 INFO  Hold created. hold_id=1`. `hasColours`: for a terminal. */
export function prettyOutput(output: LogOutput, hasColours: boolean): LogOutput {
  return {
    write: (text) => output.write(prettyLines(text, hasColours)),
    get droppedLines() {
      return output.droppedLines
    },
    get waitingBytes() {
      return output.waitingBytes
    },
    get waitingLines() {
      return output.waitingLines
    },
    flush: (withinMs) => output.flush(withinMs),
    flushNow: (withinMs) => output.flushNow(withinMs),
  }
}

/** Makes whole lines of JSON readable. A line that is not JSON stays as it is. */
export function prettyLines(text: string, hasColours: boolean): string {
  const lines = text.split("\n").filter((line) => line !== "")
  return lines.map((line) => `${prettyLine(line, hasColours)}\n`).join("")
}

function prettyLine(line: string, hasColours: boolean): string {
  const members = membersOf(line)
  if (members === null) return line
  const { level = "", timestamp = "", msg = "", metric: _, err, ...others } = members
  const colour = hasColours ? colours[String(level)] : undefined
  const name = String(level).toUpperCase().padEnd(5)
  const shown = colour === undefined ? name : `\u001b[${colour}m${name}\u001b[0m`
  const rest = Object.entries(others).map(([key, value]) => ` ${key}=${shortText(value)}`)
  return `${String(timestamp).slice(11, 23)} ${shown} ${shortText(msg)}${rest.join("")}${errorText(err)}`
}

function membersOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === "object" && value !== null ? { ...value } : null
  } catch {
    // A text that is not JSON is shown as it is.
    return null
  }
}

/** A text as it is, unless it could be taken for something else: line breaks and control characters stay escaped. */
function shortText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value)
  // oxlint-disable-next-line no-control-regex -- these are what may not reach a terminal
  return /[\u0000-\u001f\u007f-\u009f]/.test(value)
    ? JSON.stringify(value).replaceAll(/[\u007f-\u009f]/g, "?")
    : value
}

function errorText(err: unknown): string {
  if (typeof err !== "object" || err === null) return err === undefined ? "" : ` err=${shortText(err)}`
  const { stack, message } = err as { stack?: unknown; message?: unknown }
  const lines = String(stack ?? message).split("\n")
  return lines.map((line) => `\n    ${shortText(line)}`).join("")
}
