import { ConfigError } from "./config-error.ts"

/** Turns an error of listening into a {@link ConfigError} where `host` is not of this machine; returns others as they are. */
export function listeningError(error: unknown, host: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  if (code !== "EADDRNOTAVAIL" && code !== "ENOTFOUND" && code !== "EAI_AGAIN") return error
  return new ConfigError(`HOST is "${host}" but must be an address or name of this machine`)
}
