import { hash } from "node:crypto"
import type { FastifyRequest } from "fastify"
import type { Idempotency } from "../../domain/commands.ts"
import type { Caller } from "./auth.ts"

/**
 * Reads an optional Idempotency-Key header, quoted or bare. `"bad"`: the header is present and invalid.
 *
 * The key is scoped by route and `asker` (see `askerName`). `content` is what the request asks for; the same key
 * with other content is another request.
 */
export function idempotencyOf(
  request: FastifyRequest,
  asker: string,
  content: unknown,
): Idempotency | undefined | "bad" {
  const header = request.headers["idempotency-key"]
  if (header === undefined) return undefined
  const key = typeof header === "string" ? unquoted(header.trim()) : ""
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) return "bad"
  return {
    scope: `${request.method} ${request.routeOptions.url ?? ""} ${asker}`,
    key,
    fingerprint: hash("sha256", JSON.stringify(content), "base64url"),
  }
}

function unquoted(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}

/**
 * Names the owner of a key: all requests with one hold's token share their keys, and so do all of one operator or machine key, and
 * all with ADMIN_TOKEN. Operators have keys of their own, because an answer may hold more than another's role allows.
 */
export function askerName(caller: Caller): string {
  switch (caller.kind) {
    case "owner":
      return `hold ${caller.ownership.holdId}`
    case "key":
      return `key ${caller.operator.id}`
    case "admin":
      return caller.operator === null ? "admin" : `operator ${caller.operator.id}`
    case "stranger":
      return "stranger"
  }
}

/** The refusal of an invalid Idempotency-Key. */
export const badIdempotencyKey = {
  code: "invalid_request",
  errors: [{ pointer: "Idempotency-Key", detail: "must be 1 to 255 printable ASCII characters" }],
} as const
