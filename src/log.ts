import pino, { type DestinationStream, type Logger } from "pino"

/** The server's log: one JSON line per event on standard output, times as ISO 8601. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: ["req.headers.authorization", "headers.authorization"],
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
