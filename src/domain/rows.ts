/**
 * The rows of one table in a working set: what was loaded, and what became of it.
 *
 * Rows are values: a change puts a new row in place of the old one, so a row that was handed out
 * as an answer stays as it was at that moment.
 */
export interface Rows<Key, Row> {
  get(key: Key): Row | undefined
  values(): Iterable<Row>
  /** Puts in a row as it stands in the database. */
  load(row: Row): void
  /** Puts in a row that the database does not have yet. */
  add(row: Row): void
  /** Puts a changed row in the place of the one with the same key. */
  replace(row: Row): void
  /** New rows, in the order they were added, in their last form. */
  added(): Row[]
  /** Loaded rows that were replaced, in their last form. */
  changed(): Row[]
  /** A changed row as it was loaded. */
  before(row: Row): Row
}

/** An empty table whose rows are told apart by `keyOf`. */
export function rowsBy<Key, Row>(keyOf: (row: Row) => Key): Rows<Key, Row> {
  const rows = new Map<Key, Row>()
  const addedKeys = new Set<Key>()
  const originals = new Map<Key, Row>()

  return {
    get: (key) => rows.get(key),
    values: () => rows.values(),
    load(row) {
      rows.set(keyOf(row), row)
    },
    add(row) {
      const key = keyOf(row)
      if (rows.has(key)) throw new Error(`row ${String(key)} exists already`)
      rows.set(key, row)
      addedKeys.add(key)
    },
    replace(row) {
      const key = keyOf(row)
      const present = rows.get(key)
      if (present === undefined) throw new Error(`row ${String(key)} does not exist`)
      rows.set(key, row)
      if (!addedKeys.has(key) && !originals.has(key)) originals.set(key, present)
    },
    added: () => pick(rows, addedKeys),
    changed: () => pick(rows, originals.keys()),
    before(row) {
      const original = originals.get(keyOf(row))
      if (original === undefined) throw new Error(`row ${String(keyOf(row))} was not changed`)
      return original
    },
  }
}

function pick<Key, Row>(rows: ReadonlyMap<Key, Row>, keys: Iterable<Key>): Row[] {
  const picked: Row[] = []
  for (const key of keys) {
    const row = rows.get(key)
    if (row !== undefined) picked.push(row)
  }
  return picked
}
