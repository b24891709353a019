/** What a page of another origin may read of an answer, beside its body. */
export const exposedHeaders = [
  "etag",
  "idempotent-replayed",
  "location",
  "retry-after",
  "x-request-id",
] as const

/** The headers of an answer to a page of `origin`. */
export type CrossOriginHeaders = (origin: string | undefined) => Readonly<Record<string, string>>

/**
 * What the CORS plugin writes, for the answers that are made before any plugin runs: a page could not read why it was
 * refused. `allowed` are the origins of CORS_ORIGINS.
 */
export function crossOriginHeaders(allowed: readonly string[]): CrossOriginHeaders {
  const none = allowed.length === 0 ? {} : { vary: "Origin" }
  return (origin) => {
    if (origin === undefined || !allowed.includes(origin)) return none
    return {
      ...none,
      "access-control-allow-origin": origin,
      "access-control-expose-headers": exposedHeaders.join(", "),
    }
  }
}
