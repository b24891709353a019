import { hash, timingSafeEqual } from "node:crypto"
import type { FastifyRequest } from "fastify"
import { mayActAs, type Role, type Scope } from "../../domain/operator.ts"
import type { AdminWay } from "../../store/reads/admin-actions.ts"
import type { IdentifiedOperator } from "../../store/reads/operators.ts"
import { sessionsIn, type AdminSessions } from "./admin-session.ts"
import {
  isOperatorSession,
  isOperatorToken,
  mayHoldOperatorSession,
  type OperatorAccess,
} from "./operator-access.ts"
import { isReading, senderOf } from "./own-page.ts"
import type { Ownership, OwnerTokens } from "./owner-token.ts"

/** The sender of a request. In open mode every caller is `admin`, because the server listens on loopback only. */
export type Caller =
  | Admin
  /** A key of the shop's server. It has no role, so no admin route is open to it. */
  | { readonly kind: "key"; readonly operator: NamedOperator; readonly scopes: readonly Scope[] }
  | { readonly kind: "owner"; readonly ownership: Ownership }
  | Stranger

/** A caller with a role. */
export interface Admin {
  readonly kind: "admin"
  readonly by: AdminWay
  readonly role: Role
  /** Null: ADMIN_TOKEN, or open mode. */
  readonly operator: NamedOperator | null
}

/** An operator as the record of actions names it. */
export type NamedOperator = Pick<IdentifiedOperator, "id" | "name">

interface Stranger {
  readonly kind: "stranger"
  readonly sentToken: boolean
  /** True: the request carries a valid session, but may come from a page of another origin. */
  readonly isForeignPage?: boolean
}

/** Identifies callers by their bearer token, or without one by their session. */
export interface Gatekeeper {
  readonly mode: "open" | "closed"
  /**
   * Call it when a request arrives, before `callerOf`. Null: callers can be identified at once, as nearly always. Otherwise
   * the request has an operator's token or session: it resolves when the operators are known, and rejects if they cannot be.
   */
  ready(request: FastifyRequest): Promise<void> | null
  callerOf(request: FastifyRequest): Caller
  /**
   * Begins a session for the admin token or a person's token. Null: the token is neither, or the mode is open. Rejects if
   * the operators cannot be read.
   */
  signIn(token: string): Promise<SignedIn | null>
  /**
   * Ends the operator's session in a request's cookie, or all sessions of that operator. One of ADMIN_TOKEN ends only in the
   * browser, which forgets it.
   */
  signOut(request: FastifyRequest, everywhere: boolean): Promise<void>
}

/** A session that has begun. `name`: the operator's; null: it is one of ADMIN_TOKEN. */
export interface SignedIn {
  readonly value: string
  readonly endsAt: Date
  readonly name: string | null
}

/** The admin token, its sessions and the operators of closed mode. */
export interface AdminAccess {
  readonly adminToken: string
  readonly sessions: AdminSessions
  readonly operators: OperatorAccess
}

/** Makes a gatekeeper. `access` null: open mode. */
export function createGatekeeper(access: AdminAccess | null, tokens: OwnerTokens): Gatekeeper {
  if (access === null) return openGate
  const { sessions, operators } = access
  const adminDigest = digest(access.adminToken)
  // Digests have equal lengths, so the time of the comparison does not reveal the token's length.
  const isAdminToken = (token: string) => timingSafeEqual(digest(token), adminDigest)

  return {
    mode: "closed",
    ready(request) {
      // As callerOf decides: what it looks up must be known.
      const token = bearerToken(request)
      const mayBeOperator =
        token === null ? mayHoldOperatorSession(request.headers.cookie) : isOperatorToken(token)
      return mayBeOperator ? operators.ready() : null
    },
    callerOf(request) {
      const token = bearerToken(request)
      if (token === null) return callerBySession(request, access)
      // Owner tokens first: nearly all callers are owners.
      const ownership = tokens.verify(token)
      if (ownership !== null) return { kind: "owner", ownership }
      if (isAdminToken(token)) return { kind: "admin", by: "token", role: "owner", operator: null }
      const operator = isOperatorToken(token) ? operators.byToken(token) : undefined
      return operator === undefined ? { kind: "stranger", sentToken: true } : callerFor(operator, "token")
    },
    async signIn(token) {
      if (isAdminToken(token)) return { ...sessions.begin(), name: null }
      return isOperatorToken(token) ? operators.signIn(token) : null
    },
    async signOut({ headers }, everywhere) {
      for (const value of sessionsIn(headers.cookie)) await operators.signOut(value, everywhere)
    },
  }
}

const openGate: Gatekeeper = {
  mode: "open",
  ready: () => null,
  callerOf: () => ({ kind: "admin", by: "open", role: "owner", operator: null }),
  signIn: async () => null,
  signOut: async () => undefined,
}

function callerFor({ id, name, role, scopes }: IdentifiedOperator, by: AdminWay): Caller {
  const operator = { id, name }
  return role === null ? { kind: "key", operator, scopes } : { kind: "admin", by, role, operator }
}

/**
 * Identifies the caller by the session in its cookie. Browsers add the cookie to requests of any page. So a session
 * permits a change only if the request's headers show that a page of this server has sent it, and only on the admin
 * routes, which record changes.
 */
function callerBySession(request: FastifyRequest, access: AdminAccess): Caller {
  const caller = signedInAs(request, access)
  if (caller === null) return { kind: "stranger", sentToken: false }
  if (isReading(request)) return caller
  if (!request.url.startsWith("/api/admin/")) return { kind: "stranger", sentToken: false }
  if (senderOf(request) === "own page") return caller
  return { kind: "stranger", sentToken: false, isForeignPage: true }
}

function signedInAs({ headers }: FastifyRequest, { sessions, operators }: AdminAccess): Caller | null {
  for (const value of sessionsIn(headers.cookie)) {
    if (!isOperatorSession(value)) {
      if (sessions.isOpen(value)) return { kind: "admin", by: "session", role: "owner", operator: null }
      continue
    }
    const operator = operators.bySession(value)
    if (operator !== undefined) return callerFor(operator, "session")
  }
  return null
}

/** What a caller wants with a hold, or with the order made from it. */
export type HoldUse = "read hold" | "change hold" | "read order" | "change order"

/** What each use needs of the shop's callers: orders have the buyers' details, which a viewer does not see. */
const uses: Readonly<Record<HoldUse, { readonly role: Role; readonly scopes: readonly Scope[] }>> = {
  "read hold": { role: "support", scopes: ["holds:write", "orders:write"] },
  "change hold": { role: "support", scopes: ["holds:write"] },
  "read order": { role: "support", scopes: ["orders:write"] },
  "change order": { role: "support", scopes: ["orders:write"] },
}

function isRead(use: HoldUse): boolean {
  return use === "read hold" || use === "read order"
}

/** True when the caller may use this hold, or the order made from it. */
export function mayUseHold(caller: Caller, holdId: number, use: HoldUse): boolean {
  switch (caller.kind) {
    case "admin":
      // A person's changes go through the admin routes, which record them.
      return mayActAs(caller.role, uses[use].role) && (caller.operator === null || isRead(use))
    case "key":
      return uses[use].scopes.some((scope) => caller.scopes.includes(scope))
    case "owner":
      return caller.ownership.holdId === holdId
    case "stranger":
      return false
  }
}

/** True for the shop, and for those who hold units of a product or have ordered some: they see it when it is hidden, too. */
export function maySeeHidden(caller: Caller, productId: number): boolean {
  return isShop(caller) || (caller.kind === "owner" && caller.ownership.productId === productId)
}

/** True for the shop itself: its operators and its keys. */
export function isShop({ kind }: Caller): boolean {
  return kind === "admin" || kind === "key"
}

/**
 * True for a caller with the admin token, an operator's token or a key: a system of the shop's, which gets the number of
 * units on every route. On public routes a signed-in operator's browser, and every caller in open mode, gets what buyers get.
 */
export function isShopSystem(caller: Caller): boolean {
  return caller.kind === "key" || (caller.kind === "admin" && caller.by === "token")
}

/**
 * True for a caller that holds units for buyers: it says who they are, and only the product's settings bind it. A key needs the
 * scope `holds:write`; an operator's token the role that changes products.
 */
export function holdsForBuyers(caller: Caller): boolean {
  if (caller.kind === "key") return caller.scopes.includes("holds:write")
  return caller.kind === "admin" && caller.by === "token" && mayActAs(caller.role, "manager")
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
