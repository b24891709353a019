/** The result of one check of `doctor`. */
export interface Finding {
  readonly check: string
  readonly ok: boolean
  /** A warning: it works, but should be changed before a sale. */
  readonly weak?: true
  readonly found: string
}
