/** Attempts to add to what is counted of `key` under the limit `limit`. */
export interface Count {
  /** The name of the limit: the same key counts apart under another name. */
  readonly limit: string
  readonly key: string
  /** Below 0: attempts that do not count after all. */
  readonly by: number
  /** How much longer the caller counts these attempts; so long lasts a window that begins with them. */
  readonly withinMs: number
}

/** What all who share the counts have counted of a key. */
export interface Total {
  readonly count: number
  readonly endsInMs: number
}

/** Counts that several processes share. */
export interface Counts {
  /**
   * Adds to a key and resolves with its new total, within a fraction of a second; null when the counts cannot be reached,
   * and then perhaps nothing was added. Never rejects.
   */
  add(count: Count): Promise<Total | null>
}
