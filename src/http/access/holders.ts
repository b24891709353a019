import type { FastifyRequest } from "fastify"
import { holdsForBuyers, type Caller } from "./auth.ts"
import { networkOf } from "./network-address.ts"
import { shortHmac } from "./short-hmac.ts"

/**
 * Says who answers for a hold, as a number: the signed customer, or where there is none (null), the network that the request comes
 * from. Undefined: the shop itself.
 */
export type HolderOf = (
  request: Pick<FastifyRequest, "ip">,
  caller: Caller,
  signed: string | null,
) => number | undefined

/** Of what is digested: the longest name of a customer, in UTF-8 and base64url. */
const LONGEST_TEXT = 20 + 255 * 4 * 2
/** Of a digest. Two networks with the same number would share a bound; that a buyer meets one is less likely than 1 in 10⁸. */
const BYTES = 6

/**
 * Makes the function. A holder's number is the beginning of a digest under `secret`, so that the database has neither addresses nor names.
 * `secret` null: holds have no holders.
 */
export function createHolders(secret: string | null): HolderOf {
  if (secret === null) return () => undefined
  const digest = shortHmac(secret, LONGEST_TEXT)
  const numberOf = (text: string) => Buffer.from(digest(text), "base64url").readUIntBE(0, BYTES)
  return (request, caller, signed) => {
    if (holdsForBuyers(caller)) return undefined
    if (signed === null) return numberOf(`holder ${networkOf(request)}`)
    return numberOf(`holder customer ${Buffer.from(signed).toString("base64url")}`)
  }
}
