import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import { refuse } from "./problems.ts"

const PAGE = 20
const LARGEST_PAGE = 100

/** What routes that answer page by page may be asked. */
export const pageQuery = {
  limit: Type.Optional(Type.String({ description: `1 to ${LARGEST_PAGE}, ${PAGE} if not given` })),
  cursor: Type.Optional(Type.String({ description: "next_cursor of the page before" })),
}

/** A page that is asked for. `after` null: the first one. */
export interface Page<Place> {
  readonly limit: number
  readonly after: Place | null
}

/** Reads what was asked; null when it makes no sense, and that has been answered. */
export function pageFrom<Place>(
  reply: FastifyReply,
  { limit = String(PAGE), cursor }: { limit?: string; cursor?: string },
  placeFrom: (cursor: string) => Place | null,
): Page<Place> | null {
  const size = /^[1-9]\d{0,2}$/.test(limit) ? Number(limit) : null
  const after = cursor === undefined ? null : placeFrom(cursor)
  if (size === null || size > LARGEST_PAGE) refuse(reply, badQuery("limit", `1 to ${LARGEST_PAGE}`))
  else if (cursor !== undefined && after === null) refuse(reply, badQuery("cursor", "a next_cursor"))
  else return { limit: size, after }
  return null
}

/** The answer with a page of what was found: one more than fits shows that there is another page. */
export function pageOf<Row, Wire>(
  found: readonly Row[],
  { limit }: Page<unknown>,
  { toWire, toCursor }: { toWire: (row: Row) => Wire; toCursor: (row: Row) => string },
) {
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = found.length > limit
  return {
    data: shown.map(toWire),
    has_more: hasMore,
    next_cursor: hasMore && last !== undefined ? toCursor(last) : null,
  }
}

/** A place of several parts as a cursor. */
export function cursorOf(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url")
}

/** The parts of a cursor; null for what is none. */
export function partsOf(cursor: string): readonly unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString())
    return Array.isArray(parts) ? parts : null
  } catch {
    return null
  }
}

/** What is wrong with a parameter of the query. */
export function badQuery(name: string, detail: string) {
  return { code: "invalid_request", errors: [{ pointer: `?${name}`, detail: `must be ${detail}` }] } as const
}
