import { normalizeIP } from "@fastify/rate-limit"
import type { FastifyRequest } from "fastify"
import { plainAddress } from "../transport/forwarded-headers.ts"

/** The client's address in one spelling, for the log. TRUST_PROXY says whose word is taken. */
export function addressOf({ ip }: Pick<FastifyRequest, "ip">): string {
  return plainAddress(ip)
}

/**
 * Who a client is, where clients are told apart by address: its address, or of an IPv6 address the /64 that
 * it is in, because whoever has one address of that has all of them.
 */
export function networkOf(request: Pick<FastifyRequest, "ip">): string {
  return normalizeIP(addressOf(request))
}
