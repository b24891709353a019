/**
 * The rows of one table in a working set, with the loaded state of each changed row.
 *
 * Rows are immutable: a change replaces the row, so that a row returned as an outcome does not change later.
 */
export interface Rows<Key, Row> {
  get(key: Key): Row | undefined
  values(): Iterable<Row>
  /** Adds a row that was read from the database. */
  load(row: Row): void
  /** Adds a row that the database does not have yet. Throws if the key is present. */
  add(row: Row): void
  /** Replaces the row with the same key. Throws if there is none. */
  replace(row: Row): void
  /** Returns the new rows in their last state, in the order they were added. */
  added(): Row[]
  /** Returns the first row of {@link added}, without making a list. */
  firstAdded(): Row | undefined
  /** Returns the loaded rows that were replaced, in their last state. */
  changed(): Row[]
  /** Returns a changed row as it was loaded. Throws if it was not changed. */
  before(row: Row): Row
}

/** Makes an empty table whose rows are identified by `keyOf`. */
export function rowsBy<Key, Row>(keyOf: (row: Row) => Key): Rows<Key, Row> {
  return new Table(keyOf)
}

/**
 * Allocates its maps with the first row: most tables of most batches stay empty, and a thousand small batches
 * make ten thousand tables.
 */
class Table<Key, Row> implements Rows<Key, Row> {
  readonly #keyOf: (row: Row) => Key
  #rows: Map<Key, Row> | null = null
  #addedKeys: Set<Key> | null = null
  #originals: Map<Key, Row> | null = null

  constructor(keyOf: (row: Row) => Key) {
    this.#keyOf = keyOf
  }

  get(key: Key): Row | undefined {
    return this.#rows?.get(key)
  }

  values(): Iterable<Row> {
    return this.#rows?.values() ?? []
  }

  load(row: Row): void {
    this.#rows ??= new Map()
    this.#rows.set(this.#keyOf(row), row)
  }

  add(row: Row): void {
    const key = this.#keyOf(row)
    this.#rows ??= new Map()
    if (this.#rows.has(key)) throw new Error(`row ${String(key)} exists already`)
    this.#rows.set(key, row)
    this.#addedKeys ??= new Set()
    this.#addedKeys.add(key)
  }

  replace(row: Row): void {
    const key = this.#keyOf(row)
    const present = this.#rows?.get(key)
    if (present === undefined) throw new Error(`row ${String(key)} does not exist`)
    this.#rows?.set(key, row)
    if (this.#addedKeys?.has(key) === true) return
    this.#originals ??= new Map()
    if (!this.#originals.has(key)) this.#originals.set(key, present)
  }

  added(): Row[] {
    return this.#pick(this.#addedKeys)
  }

  firstAdded(): Row | undefined {
    for (const key of this.#addedKeys ?? []) return this.get(key)
    return undefined
  }

  changed(): Row[] {
    return this.#pick(this.#originals?.keys() ?? null)
  }

  before(row: Row): Row {
    const original = this.#originals?.get(this.#keyOf(row))
    if (original === undefined) throw new Error(`row ${String(this.#keyOf(row))} was not changed`)
    return original
  }

  #pick(keys: Iterable<Key> | null): Row[] {
    const picked: Row[] = []
    for (const key of keys ?? []) {
      const row = this.#rows?.get(key)
      if (row !== undefined) picked.push(row)
    }
    return picked
  }
}
