import { createAttemptLimit, type AttemptLimit, type LimitRule } from "./attempt-limit.ts"
import type { Counts } from "./counts.ts"

/** Makes limits that count with the other processes of the port, and with other hosts where Redis is set. */
export interface Limits {
  /** False: this process counts alone. */
  readonly areShared: boolean
  /** A limit of its own; its counts begin at 0. */
  attempts(rule: LimitRule): AttemptLimit
}

/** `counts` null: this process counts alone. */
export function createLimits(counts: Counts | null): Limits {
  return { areShared: counts !== null, attempts: (rule) => createAttemptLimit(rule, counts) }
}
