import { CommandFailure, UsageError } from "../base/command-errors.ts"
import { ConfigError } from "../config/config.ts"
import { EmbeddedPostgresError } from "../embedded/embedded-postgres.ts"
import { ProcessesFailure } from "../processes/primary.ts"
import { isConnectionLoss } from "../store/errors.ts"
import { SchemaMismatch } from "../store/upkeep/migrate.ts"

/**
 * The exit status for what a command threw, and the one line that explains it; null where the
 * whole error is needed, because it is a fault of ours.
 */
export function explain(error: unknown): { status: 1 | 2; line: string | null } {
  if (error instanceof ConfigError || error instanceof UsageError) return { status: 2, line: error.message }
  if (error instanceof CommandFailure || error instanceof SchemaMismatch)
    return { status: 1, line: error.message }
  if (error instanceof ProcessesFailure) return { status: error.status, line: error.message }
  if (error instanceof EmbeddedPostgresError) return { status: error.exitCode, line: error.message }
  const line = listeningLine(error)
  if (line !== null) return { status: 2, line }
  if (isConnectionLoss(error))
    return { status: 1, line: `The database cannot be reached: ${messageOf(error)}` }
  return { status: 1, line: null }
}

interface ListeningFailure {
  readonly code: unknown
  readonly port: number
  readonly address: string
}

/** Null: it is about something else. */
function listeningLine(error: unknown): string | null {
  if (!isListeningFailure(error)) return null
  const { code, port, address } = error
  if (code === "EADDRINUSE") return `Port ${port} on ${address} is taken; set PORT or --port to another one`
  if (code === "EACCES" || code === "EPERM") {
    return `Port ${port} on ${address} may not be opened by this user: set PORT or --port to 1024 or more behind a proxy, or grant Node CAP_NET_BIND_SERVICE`
  }
  if (code === "EADDRNOTAVAIL") return `${address} is not an address of this machine`
  return null
}

function isListeningFailure(error: unknown): error is ListeningFailure {
  return error instanceof Error && "syscall" in error && error.syscall === "listen" && "port" in error
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ")
  return error instanceof Error ? error.message : String(error)
}
