import { createHmac, timingSafeEqual } from "node:crypto"
import { shortHmac } from "./short-hmac.ts"

/** How long somebody who has signed in stays so: a sale and the night around it. */
export const SESSION_SECONDS = 12 * 60 * 60

/** What shows that somebody has signed in to the control room. */
export interface AdminSessions {
  /** A new session, and when it ends. */
  begin(): { readonly value: string; readonly endsAt: Date }
  /** True for a value that {@link begin} gave, under the same secret and admin token, until its end. */
  isOpen(value: string): boolean
}

/** Of `dbs1.<seconds>`. */
const LONGEST_TEXT = 5 + 11
const shape = /^(dbs1\.(\d{1,11}))\.([A-Za-z0-9_-]{43})$/

/**
 * Sessions as `dbs1.<end, in seconds since 1970>.<HMAC-SHA256>`: nothing is stored, so every process of the
 * installation knows them, and none can be taken back by itself. The key is made of the installation's
 * secret and the admin token: another one of either ends all sessions.
 */
export function createAdminSessions(
  secret: string,
  adminToken: string,
  now: () => number = Date.now,
): AdminSessions {
  const key = createHmac("sha256", secret).update(`admin session\n${adminToken}`).digest("base64url")
  const signature = shortHmac(key, LONGEST_TEXT)

  return {
    begin() {
      const end = Math.floor(now() / 1_000) + SESSION_SECONDS
      const text = `dbs1.${end}`
      return { value: `${text}.${signature(text)}`, endsAt: new Date(end * 1_000) }
    },
    isOpen(value) {
      const [, text = "", end, given = ""] = shape.exec(value) ?? []
      if (end === undefined) return false
      const isGenuine = timingSafeEqual(Buffer.from(given), Buffer.from(signature(text)))
      return isGenuine && now() < Number(end) * 1_000
    },
  }
}

const COOKIE = "doorbuster_admin"

/** Every session that a `Cookie` header carries: a path of its own can give a cookie a namesake. */
export function sessionsIn(header: string | undefined): string[] {
  if (header === undefined) return []
  return header.split(";").flatMap((pair) => {
    const [name = "", value] = pair.trim().split("=", 2)
    return name === COOKIE && value !== undefined ? [value] : []
  })
}

/**
 * The `Set-Cookie` that begins a session, or with null ends it. No script reads it, no other site's page
 * sends it along, and where the request came by https it never goes by http.
 */
export function sessionCookie(value: string | null, isHttps: boolean): string {
  const attributes = [
    `${COOKIE}=${value ?? ""}`,
    `Max-Age=${value === null ? 0 : SESSION_SECONDS}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Strict",
  ]
  return [...attributes, ...(isHttps ? ["Secure"] : [])].join("; ")
}
