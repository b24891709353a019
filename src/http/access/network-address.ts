import { normalizeIP } from "@fastify/rate-limit"
import type { FastifyRequest } from "fastify"
import { plainAddress } from "../transport/forwarded-headers.ts"

/** The client's address in its canonical form, for the log. Headers count only if TRUST_PROXY trusts the proxy. */
export function addressOf({ ip }: Pick<FastifyRequest, "ip">): string {
  return plainAddress(ip)
}

/**
 * What identifies a client in limits by address: its IPv4 address, or the /64 network of its IPv6 address, because a
 * client with one address of a /64 can usually use all of them.
 */
export function networkOf(request: Pick<FastifyRequest, "ip">): string {
  return normalizeIP(addressOf(request))
}
