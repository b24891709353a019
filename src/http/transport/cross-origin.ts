/** The headers of an answer that pages of another origin may read. */
export const exposedHeaders = [
  "etag",
  "idempotent-replayed",
  "location",
  "retry-after",
  "x-request-id",
] as const

/** Returns the CORS headers of an answer to a page of `origin`. */
export type CrossOriginHeaders = (origin: string | undefined) => Readonly<Record<string, string>>

/**
 * Makes the headers of the CORS plugin for answers that are sent before any plugin runs. Without them a page could not
 * read why its request was refused. `allowed` are the origins of CORS_ORIGINS.
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
