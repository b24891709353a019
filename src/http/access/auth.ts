import { hash, timingSafeEqual } from "node:crypto"
import type { FastifyRequest } from "fastify"
import type { AdminWay } from "../../store/reads/admin-actions.ts"
import { sessionsIn, type AdminSessions } from "./admin-session.ts"
import { isReading, senderOf } from "./own-page.ts"
import type { Ownership, OwnerTokens } from "./owner-token.ts"

/** The sender of a request. In open mode every caller is `admin`, because the server listens on loopback only. */
export type Caller =
  | { readonly kind: "admin"; readonly by: AdminWay }
  | { readonly kind: "owner"; readonly ownership: Ownership }
  | Stranger

interface Stranger {
  readonly kind: "stranger"
  readonly sentToken: boolean
  /** True: the request carries a valid session, but may come from a page of another origin. */
  readonly isForeignPage?: boolean
}

/** Identifies callers by their bearer token, or without one by their session. */
export interface Gatekeeper {
  readonly mode: "open" | "closed"
  callerOf(request: FastifyRequest): Caller
  /** Begins a session for the admin token. Null: the token is not the admin token, or the mode is open. */
  signIn(token: string): ReturnType<AdminSessions["begin"]> | null
}

/** The admin token and the sessions of closed mode. */
export interface AdminAccess {
  readonly adminToken: string
  readonly sessions: AdminSessions
}

/** Makes a gatekeeper. `access` null: open mode. */
export function createGatekeeper(access: AdminAccess | null, tokens: OwnerTokens): Gatekeeper {
  if (access === null) {
    return { mode: "open", callerOf: () => ({ kind: "admin", by: "open" }), signIn: () => null }
  }
  const { sessions } = access
  const adminDigest = digest(access.adminToken)
  // Digests have equal lengths, so the time of the comparison does not reveal the token's length.
  const isAdminToken = (token: string) => timingSafeEqual(digest(token), adminDigest)

  return {
    mode: "closed",
    callerOf(request) {
      const token = bearerToken(request)
      if (token === null) return callerBySession(request, sessions)
      // Owner tokens first: nearly all callers are owners.
      const ownership = tokens.verify(token)
      if (ownership !== null) return { kind: "owner", ownership }
      return isAdminToken(token) ? { kind: "admin", by: "token" } : { kind: "stranger", sentToken: true }
    },
    signIn: (token) => (isAdminToken(token) ? sessions.begin() : null),
  }
}

/**
 * Identifies the caller by the session in its cookie. Browsers add the cookie to requests of any page. So a session
 * permits a change only if the request's headers show that a page of this server has sent it, and only on the admin
 * routes, which record changes.
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

/** True for the shop, and for those who hold units of a product or have ordered some: they see it when it is hidden, too. */
export function maySeeHidden(caller: Caller, productId: number): boolean {
  return caller.kind === "admin" || (caller.kind === "owner" && caller.ownership.productId === productId)
}

/**
 * True for a caller with the admin token: a system of the shop's, which gets the number of units on every route. On public
 * routes a signed-in operator's browser, and every caller in open mode, gets what buyers get.
 */
export function isShopSystem(caller: Caller): boolean {
  return caller.kind === "admin" && caller.by === "token"
}

/** False for a caller without a valid token or session: no hold needs to be looked up for it. */
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
