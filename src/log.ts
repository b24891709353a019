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

/** The server's log: one JSON line per event on standard output, times as ISO 8601. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    // Errors of the driver carry the whole connection with them, its keys included.
    serializers: { err: describeError },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
