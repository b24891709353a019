import type { Operation, Moment } from "./operations.ts"
import { Contradiction } from "./contradiction.ts"

/**
 * By how many milliseconds the database's clock is ahead of the recorder's, as a lower and an upper bound. Grants give
 * both: a hold is created after its request began and before its response arrived.
 */
export interface ClockOffset {
  readonly least: number
  readonly most: number
}

/** A tolerance: clocks are adjusted while a history is recorded, and the API rounds to a millisecond. */
const ADJUSTED_BY_MS = 20

/** Derives the bounds from the grants. Without any grant they are infinite, and nothing depends on them. */
export function clockOffset(operations: readonly Operation[]): ClockOffset {
  const firstAsked = firstAskedByKey(operations)
  let [least, most] = [-Infinity, Infinity]
  for (const operation of operations) {
    const { invocation, response, startedAt, endedAt } = operation
    if (invocation.kind !== "hold" || response.kind !== "hold") continue
    const since = Math.min(startedAt, firstAsked.get(invocation.key) ?? Infinity)
    least = Math.max(least, response.hold.createdAt - endedAt - ADJUSTED_BY_MS)
    most = Math.min(most, response.hold.createdAt - since + ADJUSTED_BY_MS)
    if (least > most) {
      throw new Contradiction(
        "the database's clock jumped, or a hold was created outside its operation's interval",
        [operation],
      )
    }
  }
  return { least, most }
}

function firstAskedByKey(operations: readonly Operation[]): ReadonlyMap<string | null, Moment> {
  const first = new Map<string | null, Moment>()
  for (const { invocation, startedAt } of operations) {
    if (invocation.kind !== "hold" || invocation.key === null) continue
    first.set(invocation.key, Math.min(startedAt, first.get(invocation.key) ?? Infinity))
  }
  return first
}

/** Converts a moment of the database's clock to the recorder's: the earliest and the latest that it can be. */
export function onRecorderClock(moment: Moment, { least, most }: ClockOffset): [Moment, Moment] {
  return [moment - most, moment - least]
}
