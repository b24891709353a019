import type { FastifyRequest } from "fastify"

/** Where a request came from, as far as its browser says: from a page of this server, from another one's. */
export type Sender = "own page" | "foreign page" | "unknown"

/**
 * Tells pages of this server from those of others. `Sec-Fetch-Site` cannot be forged by a page and is sent
 * by every current browser where the connection is safe or local; elsewhere `Origin` comes with everything
 * that changes something. Programs that are no browsers send neither.
 */
export function senderOf({ headers, host }: Pick<FastifyRequest, "headers" | "host">): Sender {
  const site = headers["sec-fetch-site"]
  if (site !== undefined) return site === "same-origin" ? "own page" : "foreign page"
  const { origin } = headers
  if (origin === undefined) return "unknown"
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase() ? "own page" : "foreign page"
}

const readOnly = new Set(["GET", "HEAD"])

/** True for a request that changes nothing. */
export function isReading({ method }: Pick<FastifyRequest, "method">): boolean {
  return readOnly.has(method)
}
