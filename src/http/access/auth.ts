import { hash, timingSafeEqual } from "node:crypto"
import type { FastifyRequest } from "fastify"
import type { AdminWay } from "../../store/reads/admin-actions.ts"
import { sessionsIn, type AdminSessions } from "./admin-session.ts"
import { isReading, senderOf } from "./own-page.ts"
import type { Ownership, OwnerTokens } from "./owner-token.ts"

/** Who is asking. In open mode everyone is `admin`: the server is on a laptop's loopback. */
export type Caller =
  | { readonly kind: "admin"; readonly by: AdminWay }
  | { readonly kind: "owner"; readonly ownership: Ownership }
  | Stranger

interface Stranger {
  readonly kind: "stranger"
  readonly sentToken: boolean
  /** True: a session came along with something that a page of this server may not have sent. */
  readonly isForeignPage?: boolean
}

/** Tells callers apart by their bearer token, or where there is none by their session. */
export interface Gatekeeper {
  readonly mode: "open" | "closed"
  callerOf(request: FastifyRequest): Caller
  /** Begins a session for the admin token; null: that is another one, or this is open mode. */
  signIn(token: string): ReturnType<AdminSessions["begin"]> | null
}

/** What closed mode asks for. */
export interface AdminAccess {
  readonly adminToken: string
  readonly sessions: AdminSessions
}

/** `access` null: open mode. */
export function createGatekeeper(access: AdminAccess | null, tokens: OwnerTokens): Gatekeeper {
  if (access === null) {
    return { mode: "open", callerOf: () => ({ kind: "admin", by: "open" }), signIn: () => null }
  }
  const { sessions } = access
  const adminDigest = digest(access.adminToken)
  // Digests have one length, so the comparison tells nothing about the token's.
  const isAdminToken = (token: string) => timingSafeEqual(digest(token), adminDigest)

  return {
    mode: "closed",
    callerOf(request) {
      const token = bearerToken(request)
      if (token === null) return callerBySession(request, sessions)
      // Nearly all are owners; what is no owner's token may still be the shop's.
      const ownership = tokens.verify(token)
      if (ownership !== null) return { kind: "owner", ownership }
      return isAdminToken(token) ? { kind: "admin", by: "token" } : { kind: "stranger", sentToken: true }
    },
    signIn: (token) => (isAdminToken(token) ? sessions.begin() : null),
  }
}

/**
 * A browser sends the cookie by itself, whoever made the request. So it counts for what changes something
 * only where the request says that it comes from a page of this server, and only on the shop's routes, which keep
 * what they were asked to change.
 */
function callerBySession(request: FastifyRequest, sessions: AdminSessions): Caller {
  const isSignedIn = sessionsIn(request.headers.cookie).some((value) => sessions.isOpen(value))
  if (!isSignedIn) return { kind: "stranger", sentToken: false }
  if (isReading(request)) return { kind: "admin", by: "session" }
  if (!request.url.startsWith("/api/admin/")) return { kind: "stranger", sentToken: false }
  if (senderOf(request) === "own page") return { kind: "admin", by: "session" }
  return { kind: "stranger", sentToken: false, isForeignPage: true }
}

/** True when the caller may see and use this hold, or the order made from it. */
export function mayUseHold(caller: Caller, holdId: number): boolean {
  return caller.kind === "admin" || (caller.kind === "owner" && caller.ownership.holdId === holdId)
}

/** True when the caller could see some hold: with neither a token nor a session there is nothing to look up. */
export function maySeeAnyHold(caller: Caller): boolean {
  return caller.kind !== "stranger"
}

function bearerToken(request: FastifyRequest): string | null {
  const { authorization } = request.headers
  return authorization === undefined ? null : (/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? null)
}

function digest(token: string): Buffer {
  return hash("sha256", token, "buffer")
}
