/** What `doctor` has found out about one thing. */
export interface Finding {
  readonly check: string
  readonly ok: boolean
  /** It will do, but should be better before a sale. */
  readonly weak?: true
  readonly found: string
}
