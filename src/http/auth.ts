import { hash, timingSafeEqual } from "node:crypto"
import type { FastifyRequest } from "fastify"
import type { Ownership, OwnerTokens } from "./owner-token.ts"

/** Who is asking. In open mode everyone is `admin`: the server is on a laptop's loopback. */
export type Caller =
  | { readonly kind: "admin" }
  | { readonly kind: "owner"; readonly ownership: Ownership }
  | { readonly kind: "stranger"; readonly sentToken: boolean }

/** Tells callers apart by their bearer token. */
export interface Gatekeeper {
  readonly mode: "open" | "closed"
  callerOf(request: FastifyRequest): Caller
}

/** `adminToken` null: open mode. */
export function createGatekeeper(adminToken: string | null, tokens: OwnerTokens): Gatekeeper {
  const adminDigest = adminToken === null ? null : digest(adminToken)

  return {
    mode: adminDigest === null ? "open" : "closed",
    callerOf(request) {
      if (adminDigest === null) return { kind: "admin" }
      const token = bearerToken(request)
      if (token === null) return { kind: "stranger", sentToken: false }
      // Nearly all are owners; what is no owner's token may still be the shop's.
      const ownership = tokens.verify(token)
      if (ownership !== null) return { kind: "owner", ownership }
      // Digests have one length, so the comparison tells nothing about the token's.
      if (timingSafeEqual(digest(token), adminDigest)) return { kind: "admin" }
      return { kind: "stranger", sentToken: true }
    },
  }
}

/** True when the caller may see and use this hold, or the order made from it. */
export function mayUseHold(caller: Caller, holdId: number): boolean {
  return caller.kind === "admin" || (caller.kind === "owner" && caller.ownership.holdId === holdId)
}

function bearerToken(request: FastifyRequest): string | null {
  const { authorization } = request.headers
  return authorization === undefined ? null : (/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? null)
}

function digest(token: string): Buffer {
  return hash("sha256", token, "buffer")
}
