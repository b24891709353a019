/**
 * The embedded PostgreSQL cannot be used. The message tells the operator why.
 *
 * `exitCode` is 2 if the command cannot work here as called (another owner, no binaries), 1 for a failure.
 */
export class EmbeddedPostgresError extends Error {
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2, options?: ErrorOptions) {
    super(message, options)
    this.name = "EmbeddedPostgresError"
    this.exitCode = exitCode
  }
}

/** The `code` of a system, SQLite or PostgreSQL error, or null if the value has none. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null
  return typeof error.code === "string" ? error.code : null
}
