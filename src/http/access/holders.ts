import type { FastifyRequest } from "fastify"
import { isShopSystem, type Caller } from "./auth.ts"
import { networkOf } from "./network-address.ts"
import { shortHmac } from "./short-hmac.ts"

/** Says who answers for a hold: the network that the request comes from, as a number. Undefined: the shop itself. */
export type HolderOf = (request: Pick<FastifyRequest, "ip">, caller: Caller) => number | undefined

/** `holder` and the longest text of a network, which is an IPv6 one, in characters. */
const LONGEST_TEXT = 7 + 39
/** Of a digest. Two networks with the same number would share a bound; that a buyer meets one is less likely than 1 in 10⁸. */
const BYTES = 6

/**
 * Makes the function. A holder's number is the beginning of a digest under `secret`, so that the database has no addresses.
 * `secret` null: holds have no holders.
 */
export function createHolders(secret: string | null): HolderOf {
  if (secret === null) return () => undefined
  const digest = shortHmac(secret, LONGEST_TEXT)
  return (request, caller) =>
    isShopSystem(caller)
      ? undefined
      : Buffer.from(digest(`holder ${networkOf(request)}`), "base64url").readUIntBE(0, BYTES)
}
