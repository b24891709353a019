import type { FastifyReply, FastifyRequest } from "fastify"
import { networkOf } from "../../access/network-address.ts"
import type { Services } from "../../services.ts"

/** Many buyers may be behind one address, and mistype theirs. */
const MOST_UNKNOWN_CODES = 10
const WITHIN_MS = 60_000
/** Requests with a code that one network may have under way: none of them has been judged, so each may be a guess. */
const MOST_UNDER_WAY = 100

/** Counts unknown access codes by network, and makes those wait who send too many. */
export interface CodeAttempts {
  /**
   * Call it before anything is awaited. True: the network has to wait, and the answer's header says how long. False: the request
   * is under way until its answer is sent.
   */
  hasToWait(request: FastifyRequest, reply: FastifyReply): boolean
  /** The code of this request was not known. */
  noteUnknown(request: FastifyRequest): void
}

/** Makes the count, which the routes that take a code share. Known codes do not count, however many are sent. */
export function createCodeAttempts(limits: Services["limits"]): CodeAttempts {
  const unknown = limits.attempts({ name: "unknown codes", most: MOST_UNKNOWN_CODES, withinMs: WITHIN_MS })
  const underWay = new Map<string, number>()

  function leave(network: string): void {
    const others = (underWay.get(network) ?? 1) - 1
    if (others > 0) underWay.set(network, others)
    else underWay.delete(network)
  }

  return {
    hasToWait(request, reply) {
      const network = networkOf(request)
      const now = underWay.get(network) ?? 0
      const waitSeconds = now >= MOST_UNDER_WAY ? 1 : unknown.waitSeconds(network)
      if (waitSeconds > 0) {
        void reply.header("retry-after", waitSeconds)
        return true
      }
      // A client that has gone already would never leave: nothing closes twice.
      if (!reply.raw.closed) {
        underWay.set(network, now + 1)
        reply.raw.once("close", () => leave(network))
      }
      return false
    },
    noteUnknown: (request) => void unknown.note(networkOf(request)),
  }
}
