/**
 * A reason why the embedded PostgreSQL cannot be used, told in words for the person who started the command.
 *
 * `exitCode` 2: the command cannot work here as called (another owner, no binaries). 1: something broke.
 */
export class EmbeddedPostgresError extends Error {
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2, options?: ErrorOptions) {
    super(message, options)
    this.name = "EmbeddedPostgresError"
    this.exitCode = exitCode
  }
}

/** The `code` of a system, SQLite or PostgreSQL error, or null when the value carries none. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null
  return typeof error.code === "string" ? error.code : null
}
