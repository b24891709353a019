import { CommandFailure, UsageError } from "../base/command-errors.ts"
import pg from "pg"
import { ConfigError } from "../config/config-error.ts"
import { DatabaseUrlError } from "../base/database-url.ts"
import { EmbeddedPostgresError } from "../embedded/embedded-postgres.ts"
import { ProcessesFailure } from "../processes/primary.ts"
import { isConnectionLoss, isTransient, ReadOnlyServer, UnfitDatabase } from "../store/errors.ts"
import { SchemaBusy } from "../store/upkeep/migrate.ts"
import { SchemaMismatch } from "../store/upkeep/schema.ts"

/**
 * Returns the exit status for an error of a command, and one line that explains it; null for an unexpected error, whose
 * stack is needed because it is a bug.
 */
export function explain(error: unknown): { status: 1 | 2; line: string | null } {
  if (isUsage(error)) return { status: 2, line: error.message }
  if (error instanceof CommandFailure || error instanceof SchemaMismatch || error instanceof SchemaBusy)
    return { status: 1, line: error.message }
  if (error instanceof ProcessesFailure) return { status: error.status, line: error.message }
  if (error instanceof EmbeddedPostgresError) return { status: error.exitCode, line: error.message }
  const line = listeningLine(error)
  if (line !== null) return { status: 2, line }
  return { status: 1, line: explainDatabase(error) }
}

/** PostgreSQL's codes for insufficient privilege, and for a schema that the role cannot see. */
const notPermitted = new Set(["42501", "3F000"])
/** Words of the driver or of a pooler, and what to do. */
const connectionAdvice = [
  [
    "The server does not support SSL connections",
    "; sslmode in DATABASE_URL requires TLS: enable it on the server or set sslmode=disable",
  ],
  [
    "unsupported startup parameter",
    "; a connection pooler stands between: set DATABASE_POOLER=session if it is in session mode, or connect without it",
  ],
] as const

/** One line for a database error; null for an unknown one. */
function explainDatabase(error: unknown): string | null {
  if (error instanceof UnfitDatabase || error instanceof ReadOnlyServer) return error.message
  if (isConnectionLoss(error)) {
    const message = messageOf(error)
    const advice = connectionAdvice.find(([words]) => message.includes(words))?.[1] ?? ""
    return `The database cannot be reached: ${message}${advice}`
  }
  if (!(error instanceof pg.DatabaseError)) return null
  if (notPermitted.has(error.code ?? "")) {
    return `The database role may not do this: ${error.message}. The role in DATABASE_URL needs the rights to create and use tables in its schema`
  }
  return isTransient(error) ? `The database cannot do this at the moment: ${error.message}` : null
}

function isUsage(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof UsageError || error instanceof DatabaseUrlError
}

interface ListeningFailure {
  readonly code: unknown
  readonly port: number
  readonly address: string
}

/** One line for an error of listening; null for other errors. */
function listeningLine(error: unknown): string | null {
  if (!isListeningFailure(error)) return null
  const { code, port, address } = error
  if (code === "EADDRINUSE") return `Port ${port} on ${address} is taken; set PORT or --port to another one`
  if (code === "EACCES" || code === "EPERM") {
    return `Port ${port} on ${address} cannot be opened by this user: set PORT or --port to 1024 or more behind a proxy, or grant Node CAP_NET_BIND_SERVICE`
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
