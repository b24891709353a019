import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import type { PageRequest } from "../../store/reads/page.ts"
import type { ProductPage, ProductView } from "../../store/reads/views.ts"
import { refuse } from "./problems.ts"

const PAGE = 20
/** The most entries of a page. */
export const LARGEST_PAGE = 100

/** The parameters of a route that answers page by page. */
export const pageQuery = {
  limit: Type.Optional(
    Type.String({ description: `The most entries of a page: 1 to ${LARGEST_PAGE}, ${PAGE} if not given` }),
  ),
  cursor: Type.Optional(Type.String({ description: "The `next_cursor` of the previous page" })),
}

/** Reads the requested page; null when it has refused a parameter. `bad` makes the refusal. */
export function readPageRequest<Position>(
  reply: FastifyReply,
  { limit = String(PAGE), cursor }: { limit?: string; cursor?: string },
  positionFrom: (cursor: string) => Position | null,
  bad: BadParameter = badQuery,
): PageRequest<Position> | null {
  const size = /^[1-9]\d{0,2}$/.test(limit) ? Number(limit) : null
  const after = cursor === undefined ? null : positionFrom(cursor)
  if (size === null || size > LARGEST_PAGE) refuse(reply, bad("limit", `1 to ${LARGEST_PAGE}`))
  else if (cursor !== undefined && after === null) refuse(reply, bad("cursor", "a next_cursor"))
  else return { limit: size, after }
  return null
}

/** Makes the JSON of a page. `found` has one row more than the page if another page follows. */
export function pageJson<Row, Json>(
  found: readonly Row[],
  { limit }: PageRequest<unknown>,
  { toJson, toCursor }: { toJson: (row: Row) => Json; toCursor: (row: Row) => string },
) {
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = found.length > limit
  return {
    data: shown.map(toJson),
    has_more: hasMore,
    next_cursor: hasMore && last !== undefined ? toCursor(last) : null,
  }
}

/** Makes the JSON of a page of products. */
export function productPageJson<Json>(
  { products, hasMore }: ProductPage,
  toJson: (view: ProductView) => Json,
) {
  const last = products.at(-1)
  return {
    data: products.map(toJson),
    has_more: hasMore,
    next_cursor: hasMore && last !== undefined ? String(last.product.id) : null,
  }
}

/** Makes the cursor of a position that has several parts. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url")
}

/** Reads the parts of a cursor; null if the text is no cursor. */
export function decodeCursor(cursor: string): readonly unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString())
    return Array.isArray(parts) ? parts : null
  } catch {
    return null
  }
}

/** Makes the refusal of a parameter that must be something else. */
export type BadParameter = (
  name: string,
  detail: string,
) => {
  readonly code: "invalid_request"
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[]
}

/** The refusal of a parameter of the query. */
export const badQuery: BadParameter = (name, detail) => badAt(`?${name}`, detail)

/** The refusal of a field of the body. */
export const badField: BadParameter = (name, detail) => badAt(`/${name}`, detail)

function badAt(pointer: string, detail: string) {
  return { code: "invalid_request", errors: [{ pointer, detail: `must be ${detail}` }] } as const
}
