import type { Operation } from "./operations.ts"

/** The reason why no order explains the responses. The parts of the check throw it; `checkHistory` returns it. */
export class Contradiction extends Error {
  /** The operations that contradict each other. */
  readonly operations: readonly Operation[]

  constructor(reason: string, operations: readonly Operation[]) {
    super(reason)
    this.operations = operations
  }
}
