import { normalizeIP } from "@fastify/rate-limit"
import type { FastifyRequest } from "fastify"

/**
 * Who a client is, where clients are told apart by address: its address, or of an IPv6 address the /64 that
 * it is in, because whoever has one address of that has all of them. TRUST_PROXY says whose word is taken.
 */
export function networkOf({ ip }: Pick<FastifyRequest, "ip">): string {
  return normalizeIP(ip)
}
