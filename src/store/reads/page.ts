/** Which page of a list to read. `after`: the sort key of the last row of the page before; null: the first page. */
export interface PageRequest<Key> {
  readonly after: Key | null
  readonly limit: number
}

/**
 * One page of a list. `next`: the sort key after which the next page begins; null: this is the last page. A page may
 * hold few rows or none and still have a next page.
 */
export interface Page<Row, Key> {
  readonly rows: readonly Row[]
  readonly next: Key | null
}

/**
 * Limits the rows that one page scans, because a filter may match few rows of millions. Each page then takes a few
 * milliseconds, and may be short or empty although more pages follow.
 */
export const SCANNED_ROWS = 10_000

/** A page of products ends before the one with which it would have more variants; the first product is always on it. */
export const VARIANTS_ON_A_PAGE = 500

/** Makes a page of rows, of which one more than `limit` was asked for. `next`: where to continue if they are fewer. */
export function cutPage<Row, Key>(
  rows: readonly Row[],
  limit: number,
  { keyOf, next }: { keyOf: (row: Row) => Key; next: Key | null },
): Page<Row, Key> {
  const shown = rows.slice(0, limit)
  const lastShown = shown.at(-1)
  return { rows: shown, next: rows.length > limit && lastShown !== undefined ? keyOf(lastShown) : next }
}
