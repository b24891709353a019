import { CommandFailure, UsageError } from "../base/command-errors.ts"
import pg from "pg"
import { ConfigError } from "../config/config-error.ts"
import { DatabaseUrlError } from "../base/database-url.ts"
import { EmbeddedPostgresError } from "../embedded/embedded-postgres.ts"
import { ProcessesFailure } from "../processes/primary.ts"
import { isConnectionLoss, isTransient, ReadOnlyServer, UnfitDatabase } from "../store/errors.ts"
import { SchemaBusy, SchemaMismatch } from "../store/upkeep/migrate.ts"

/**
 * The exit status for what a command threw, and the one line that explains it; null where the
 * whole error is needed, because it is a fault of ours.
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

/** PostgreSQL's codes for what a role may not do, and for a schema that it may not even see. */
const notPermitted = new Set(["42501", "3F000"])
/** What the driver says of a server that has no TLS. */
const NO_TLS = "The server does not support SSL connections"

/** The line for what is the matter with the database; null where that is not known. */
function explainDatabase(error: unknown): string | null {
  if (error instanceof UnfitDatabase || error instanceof ReadOnlyServer) return error.message
  if (isConnectionLoss(error)) {
    const message = messageOf(error)
    const advice =
      message === NO_TLS
        ? "; sslmode in DATABASE_URL asks for TLS, so switch it on there or set sslmode=disable"
        : ""
    return `The database cannot be reached: ${message}${advice}`
  }
  if (!(error instanceof pg.DatabaseError)) return null
  if (notPermitted.has(error.code ?? "")) {
    return `The database role may not do this: ${error.message}. The role in DATABASE_URL needs the rights to create and use tables in its schema`
  }
  return isTransient(error) ? `The database could not do this now: ${error.message}` : null
}

function isUsage(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof UsageError || error instanceof DatabaseUrlError
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
