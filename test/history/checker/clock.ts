import type { Operation, Moment } from "./operations.ts"
import { Contradiction } from "./contradiction.ts"

/**
 * How far the database's clock is ahead of the recorder's: somewhere between the two. From grants: a
 * hold is created after its request began and before its answer came.
 */
export interface ClockOffset {
  readonly least: number
  readonly most: number
}

/** Clocks are adjusted while a history is made, and the wire rounds to a millisecond. */
const ADJUSTED_BY_MS = 20

/** What the grants tell of the clocks. Without any, nothing depends on it. */
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
        "the database's clock jumped, or a hold was not created when it was asked for",
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

/** The database's moment on the recorder's clock, at the earliest and at the latest. */
export function onRecorderClock(moment: Moment, { least, most }: ClockOffset): [Moment, Moment] {
  return [moment - most, moment - least]
}
