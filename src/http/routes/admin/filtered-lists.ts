import { Type } from "typebox"
import type { Page } from "../../../store/reads/page.ts"

/** The part of the schema that all filtered lists share, without the role that they need. */
export const filteredListSchema = {
  tags: ["admin"],
  description:
    "A page searches at most 10,000 rows. With a filter that matches few rows, a page may be short or empty and still have a `next_cursor`.",
}

/** A parameter of the query that is one of several words. */
export function optionalWord<Word extends string>(words: readonly Word[]) {
  return Type.Optional(Type.Unsafe<Word>({ type: "string", enum: words }))
}

/** The JSON of a page of a filtered list. */
export function filteredPage<Row, Position, Json>(
  { rows, next }: Page<Row, Position>,
  toJson: (row: Row) => Json,
  toCursor: (position: Position) => string,
) {
  return {
    data: rows.map(toJson),
    has_more: next !== null,
    next_cursor: next === null ? null : toCursor(next),
  }
}
