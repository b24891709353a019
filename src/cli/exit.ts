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
  if (isPortTaken(error)) {
    return {
      status: 2,
      line: `Port ${error.port} on ${error.address} is taken; set PORT or --port to another one`,
    }
  }
  if (isConnectionLoss(error))
    return { status: 1, line: `The database cannot be reached: ${messageOf(error)}` }
  return { status: 1, line: null }
}

interface PortTaken {
  readonly port: number
  readonly address: string
}

/** True when another program listens there already. */
function isPortTaken(error: unknown): error is PortTaken {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE"
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ")
  return error instanceof Error ? error.message : String(error)
}
