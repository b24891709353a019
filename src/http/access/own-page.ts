import type { FastifyRequest } from "fastify"

/** The sender of a request by its headers: a page of this server, a page of another origin, or neither is known. */
export type Sender = "own page" | "foreign page" | "unknown"

/**
 * Distinguishes pages of this server from pages of other origins. Every current browser sends `Sec-Fetch-Site` over
 * HTTPS and to this machine, and a page cannot forge it. Over other connections browsers send `Origin` with every
 * request except GET and HEAD. Programs other than browsers send neither.
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
