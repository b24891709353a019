import type { Call, Moment } from "./calls.ts"
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
export function clockOffset(calls: readonly Call[]): ClockOffset {
  const firstAsked = firstAskedByKey(calls)
  let [least, most] = [-Infinity, Infinity]
  for (const call of calls) {
    const { asked, answer, startedAt, endedAt } = call
    if (asked.what !== "hold" || answer.is !== "hold") continue
    const since = Math.min(startedAt, firstAsked.get(asked.key) ?? Infinity)
    least = Math.max(least, answer.hold.createdAt - endedAt - ADJUSTED_BY_MS)
    most = Math.min(most, answer.hold.createdAt - since + ADJUSTED_BY_MS)
    if (least > most) {
      throw new Contradiction(
        "the database's clock jumped, or a hold was not created when it was asked for",
        [call],
      )
    }
  }
  return { least, most }
}

function firstAskedByKey(calls: readonly Call[]): ReadonlyMap<string | null, Moment> {
  const first = new Map<string | null, Moment>()
  for (const { asked, startedAt } of calls) {
    if (asked.what !== "hold" || asked.key === null) continue
    first.set(asked.key, Math.min(startedAt, first.get(asked.key) ?? Infinity))
  }
  return first
}

/** The database's moment on the recorder's clock, at the earliest and at the latest. */
export function onRecorderClock(moment: Moment, { least, most }: ClockOffset): [Moment, Moment] {
  return [moment - most, moment - least]
}
