import { createHmac, timingSafeEqual } from "node:crypto"
import { shortHmac } from "./short-hmac.ts"

/** How long a session lasts: long enough for a sale and the preparations for it. */
export const SESSION_SECONDS = 12 * 60 * 60

/** Makes and checks the sessions of operators who have signed in to the control room. */
export interface AdminSessions {
  /** Makes a new session. */
  begin(): { readonly value: string; readonly endsAt: Date }
  /** True for a value that {@link begin} returned, under the same secret and admin token, until its end. */
  isOpen(value: string): boolean
}

/** The longest signed text `dbs1.<seconds>`, in characters. */
const LONGEST_TEXT = 5 + 11
const shape = /^(dbs1\.(\d{1,11}))\.([A-Za-z0-9_-]{43})$/

/**
 * A session is `dbs1.<end, in seconds since 1970>.<HMAC-SHA256>`. Nothing is stored, so every process of the
 * installation accepts it, and a single session cannot be revoked. The key is derived from the installation's
 * secret and the admin token, so a change of either ends all sessions.
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

/** Returns every session in a `Cookie` header. There may be several, because cookies of different paths share a name. */
export function sessionsIn(header: string | undefined): string[] {
  if (header === undefined) return []
  const values = header.split(";").flatMap((pair) => {
    const [name = "", value] = pair.trim().split("=", 2)
    return name === COOKIE && value !== undefined ? [value] : []
  })
  return values.slice(0, MOST_SESSIONS_SENT)
}

/** A browser sends one, or one for each path; each may cost a question to the database. */
const MOST_SESSIONS_SENT = 4

/**
 * Makes the `Set-Cookie` header that begins a session; null ends it. Scripts cannot read the cookie, requests from
 * other sites' pages do not carry it, and a cookie that was set over HTTPS is never sent over HTTP.
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
