import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import type { PageRequest } from "../../store/reads/lists.ts"
import { refuse } from "./problems.ts"
import { idFromPath } from "../access/requests.ts"

const PAGE = 20
const LARGEST_PAGE = 100

/** What routes that answer page by page may be asked. */
export const pageQuery = {
  limit: Type.Optional(Type.String({ description: `1 to ${LARGEST_PAGE}, ${PAGE} if not given` })),
  cursor: Type.Optional(Type.String({ description: "next_cursor of the page before" })),
}

/** Reads the requested page from a query. Returns null, and has answered with a refusal, if the query is invalid. */
export function pageFrom<Key>(
  reply: FastifyReply,
  { limit = String(PAGE), cursor }: { limit?: string; cursor?: string },
  keyFrom: (cursor: string) => Key | null,
): PageRequest<Key> | null {
  const size = idFromPath(limit)
  const after = cursor === undefined ? null : keyFrom(cursor)
  if (size === null || size > LARGEST_PAGE) refuse(reply, badQuery("limit", `1 to ${LARGEST_PAGE}`))
  else if (cursor !== undefined && after === null) refuse(reply, badQuery("cursor", "a next_cursor"))
  else return { limit: size, after }
  return null
}

/** The response with one page of `found`, which has one row more than the limit if there is a next page. */
export function pageOf<Row, Wire>(
  found: readonly Row[],
  { limit }: PageRequest<unknown>,
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

/** Encodes a sort key of several parts as a cursor. */
export function cursorOf(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url")
}

/** Decodes a cursor to the parts of its sort key; null if the text is not a cursor. */
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
