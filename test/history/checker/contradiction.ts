import type { Call } from "./calls.ts"

/** Why no order of events explains the answers. Thrown by the parts of the check, returned by the whole. */
export class Contradiction extends Error {
  /** The calls that do not go together. */
  readonly calls: readonly Call[]

  constructor(what: string, calls: readonly Call[]) {
    super(what)
    this.calls = calls
  }
}
