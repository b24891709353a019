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
  /** The first of them, without making a list of all. */
  firstAdded(): Row | undefined
  /** Loaded rows that were replaced, in their last form. */
  changed(): Row[]
  /** A changed row as it was loaded. */
  before(row: Row): Row
}

/** An empty table whose rows are told apart by `keyOf`. */
export function rowsBy<Key, Row>(keyOf: (row: Row) => Key): Rows<Key, Row> {
  return new Table(keyOf)
}

/**
 * Most tables of most batches stay empty, and a thousand small batches make ten thousand of them in a
 * moment: what a table needs is made with its first row.
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
