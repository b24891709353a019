import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import { refuse } from "./problems.ts"
import { idFromPath } from "../access/requests.ts"

const PAGE = 20
const LARGEST_PAGE = 100

/** The query parameters of every list with pages. */
export const pageQuery = {
  limit: Type.Optional(Type.String({ description: `1 to ${LARGEST_PAGE}, ${PAGE} if not given` })),
  cursor: Type.Optional(Type.String({ description: "The next_cursor of the page before" })),
}

/** The requested page. `after` is the place of the last row of the page before; null: the first page. */
export interface Page<Place> {
  readonly limit: number
  readonly after: Place | null
}

/** Reads the requested page from the query. Null: a parameter is invalid, and the reply has been sent. */
export function pageFrom<Place>(
  reply: FastifyReply,
  { limit = String(PAGE), cursor }: { limit?: string; cursor?: string },
  placeFrom: (cursor: string) => Place | null,
): Page<Place> | null {
  const size = idFromPath(limit)
  const after = cursor === undefined ? null : placeFrom(cursor)
  if (size === null || size > LARGEST_PAGE) refuse(reply, badQuery("limit", `1 to ${LARGEST_PAGE}`))
  else if (cursor !== undefined && after === null) refuse(reply, badQuery("cursor", "a next_cursor"))
  else return { limit: size, after }
  return null
}

/** Makes the JSON of a page. A row more than `limit` in `found` shows that there is another page. */
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

/** Encodes the parts of a place as a cursor. */
export function cursorOf(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url")
}

/** Decodes the parts of a cursor; null: it is not a cursor. */
export function partsOf(cursor: string): readonly unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString())
    return Array.isArray(parts) ? parts : null
  } catch {
    return null
  }
}

/** The refusal of an invalid query parameter. */
export function badQuery(name: string, detail: string) {
  return { code: "invalid_request", errors: [{ pointer: `?${name}`, detail: `must be ${detail}` }] } as const
}
