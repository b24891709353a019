import type { Act, ActKind, Counts, Look, Shown } from "./acts.ts"
import type { Moment } from "./calls.ts"
import { Contradiction } from "./contradiction.ts"

/** By how much one unit of an act changes each. */
const changes: Readonly<Record<ActKind, Shown>> = {
  grant: { available: -1, held: 1, sold: 0 },
  return: { available: 1, held: -1, sold: 0 },
  sell: { available: 0, held: -1, sold: 1 },
  sell_late: { available: -1, held: 0, sold: 1 },
  lapse: { available: 0, held: 0, sold: 0 },
  sweep: { available: 1, held: -1, sold: 0 },
  keep: { available: 0, held: 0, sold: 0 },
  stock: { available: 1, held: 0, sold: 0 },
}

/**
 * Throws a {@link Contradiction} when a number was shown, or a unit granted, that no order can have had:
 * more than if all that can have added to it had happened, or less than if all that must have. In one
 * pass for each number, so that gross errors need no search, which would have to try everything.
 */
export function expectWithinLimits(start: Counts, acts: readonly Act[], looks: readonly Look[]): void {
  const certain = acts.filter((act) => isCertain(act, acts))
  for (const what of ["available", "held", "sold"] as const) {
    const first = what === "available" ? start.available : 0
    const mayAdd = running(acts, "from", (act) => Math.max(0, change(act, what)))
    const mayTake = running(acts, "from", (act) => Math.min(0, change(act, what)))
    const mustAdd = running(certain, "until", (act) => Math.max(0, change(act, what)))
    const mustTake = running(certain, "until", (act) => Math.min(0, change(act, what)))
    for (const { from, until, call, shown } of looks) {
      if (shown === null) continue
      const most = first + mayAdd.upTo(until) + mustTake.before(from)
      const least = first + mustAdd.before(from) + mayTake.upTo(until)
      if (shown[what] <= most && shown[what] >= least) continue
      const why = `this answer was never true: ${Math.max(0, least)} to ${most} were ${what}, and it says ${shown[what]}`
      throw new Contradiction(why, [call])
    }
    for (const { until, calls } of certain) {
      const most = first + mayAdd.upTo(until) + mustTake.upTo(until)
      if (most >= 0) continue
      throw new Contradiction(
        `there was never room for this: ${-most} too many were taken from what was ${what}`,
        calls,
      )
    }
  }
}

function change({ kind, qty }: Act, what: keyof Shown): number {
  return changes[kind][what] * qty
}

/** It has happened, whatever else has. */
function isCertain({ must, rivals, after }: Act, acts: readonly Act[]): boolean {
  if (!must || rivals.length > 0) return false
  const before = after === null ? undefined : acts[after]
  return before === undefined || isCertain(before, acts)
}

/** Sums over acts by the begin or end of their span. */
function running(acts: readonly Act[], edge: "from" | "until", value: (act: Act) => number) {
  const sorted = acts
    .map((act) => ({ at: act[edge], sum: value(act) }))
    .filter(({ sum }) => sum !== 0)
    .sort((a, b) => a.at - b.at)
  let total = 0
  for (const one of sorted) one.sum = total += one.sum
  /** How many come before the moment, itself included or not. */
  function place(moment: Moment, isIncluded: boolean): number {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const at = sorted[middle]?.at ?? Infinity
      if (at < moment || (isIncluded && at === moment)) low = middle + 1
      else high = middle
    }
    return low
  }
  const sumOf = (count: number) => (count === 0 ? 0 : (sorted[count - 1]?.sum ?? 0))
  return {
    upTo: (moment: Moment) => sumOf(place(moment, true)),
    before: (moment: Moment) => sumOf(place(moment, false)),
  }
}
