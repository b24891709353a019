import type { Operation } from "./operations.ts"

/** Why no order of events explains the answers. Thrown by the parts of the check, returned by the whole. */
export class Contradiction extends Error {
  /** The calls that do not go together. */
  readonly operations: readonly Operation[]

  constructor(reason: string, operations: readonly Operation[]) {
    super(reason)
    this.operations = operations
  }
}
