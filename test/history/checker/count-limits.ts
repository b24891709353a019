import type { Transition, TransitionKind, Counts, Observation, Shown } from "./transitions.ts"
import type { Moment } from "./operations.ts"
import { Contradiction } from "./contradiction.ts"

/** By how much one unit of an act changes each. */
const changes: Readonly<Record<TransitionKind, Shown>> = {
  grant: { available: -1, held: 1, sold: 0 },
  return: { available: 1, held: -1, sold: 0 },
  sell: { available: 0, held: -1, sold: 1 },
  sell_late: { available: -1, held: 0, sold: 1 },
  lapse: { available: 0, held: 0, sold: 0 },
  sweep: { available: 1, held: -1, sold: 0 },
  convert: { available: 0, held: 0, sold: 0 },
  stock: { available: 1, held: 0, sold: 0 },
}

/**
 * Throws a {@link Contradiction} when a number was shown, or a unit granted, that no order can have had:
 * more than if all that can have added to it had happened, or less than if all that must have. In one
 * pass for each number, so that gross errors need no search, which would have to try everything.
 */
export function expectWithinLimits(
  start: Counts,
  transitions: readonly Transition[],
  observations: readonly Observation[],
): void {
  const certain = transitions.filter((transition) => isCertain(transition, transitions))
  for (const count of ["available", "held", "sold"] as const) {
    const first = count === "available" ? start.available : 0
    const mayAdd = running(transitions, "from", (transition) => Math.max(0, change(transition, count)))
    const mayTake = running(transitions, "from", (transition) => Math.min(0, change(transition, count)))
    const mustAdd = running(certain, "until", (transition) => Math.max(0, change(transition, count)))
    const mustTake = running(certain, "until", (transition) => Math.min(0, change(transition, count)))
    for (const { from, until, operation, shown } of observations) {
      if (shown === null) continue
      const most = first + mayAdd.upTo(until) + mustTake.before(from)
      const least = first + mustAdd.before(from) + mayTake.upTo(until)
      if (shown[count] <= most && shown[count] >= least) continue
      const why = `this answer was never true: ${Math.max(0, least)} to ${most} were ${count}, and it says ${shown[count]}`
      throw new Contradiction(why, [operation])
    }
    for (const { until, operations } of certain) {
      const most = first + mayAdd.upTo(until) + mustTake.upTo(until)
      if (most >= 0) continue
      throw new Contradiction(
        `there was never room for this: ${-most} too many were taken from what was ${count}`,
        operations,
      )
    }
  }
}

function change({ kind, qty }: Transition, count: keyof Shown): number {
  return changes[kind][count] * qty
}

/** It has happened, whatever else has. */
function isCertain(
  { mustHappen, alternatives, predecessor }: Transition,
  transitions: readonly Transition[],
): boolean {
  if (!mustHappen || alternatives.length > 0) return false
  const before = predecessor === null ? undefined : transitions[predecessor]
  return before === undefined || isCertain(before, transitions)
}

/** Sums over acts by the begin or end of their span. */
function running(
  transitions: readonly Transition[],
  edge: "from" | "until",
  value: (transition: Transition) => number,
) {
  const sorted = transitions
    .map((transition) => ({ at: transition[edge], sum: value(transition) }))
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
