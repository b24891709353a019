import type { FastifyReply, FastifyRequest } from "fastify"
import { networkOf } from "../../access/network-address.ts"
import type { Services } from "../../services.ts"

/** Many buyers may be behind one address, and mistype theirs. */
const MOST_UNKNOWN_CODES = 10
const WITHIN_MS = 60_000

/** Counts unknown access codes by network, and makes those wait who send too many. */
export interface CodeAttempts {
  /** True where the network has to wait; then sets the header that says how long. */
  hasToWait(request: FastifyRequest, reply: FastifyReply): boolean
  /** The code of this request was not known. */
  noteUnknown(request: FastifyRequest): void
}

/** Makes the count, which the routes that take a code share. Known codes do not count, however many are sent at once. */
export function createCodeAttempts(limits: Services["limits"]): CodeAttempts {
  const unknown = limits.attempts({ name: "unknown codes", most: MOST_UNKNOWN_CODES, withinMs: WITHIN_MS })
  return {
    hasToWait(request, reply) {
      const waitSeconds = unknown.waitSeconds(networkOf(request))
      if (waitSeconds > 0) void reply.header("retry-after", waitSeconds)
      return waitSeconds > 0
    },
    noteUnknown: (request) => void unknown.note(networkOf(request)),
  }
}
