import type { Transition, TransitionKind, Counts, Observation, Shown } from "./transitions.ts"
import type { Moment } from "./operations.ts"
import { Contradiction } from "./contradiction.ts"

/** By how much one unit of a transition changes each count. */
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
 * Throws a {@link Contradiction} if a response shows a count, or a transition needs units, that no order allows: more
 * than if every transition that can add to the count had taken place, or less than if every one that must take from it
 * had. One pass for each count finds gross errors without a search, which would have to try all orders.
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
      const why = `this response was true at no moment of its interval: ${Math.max(0, least)} to ${most} were ${count}, and it says ${shown[count]}`
      throw new Contradiction(why, [operation])
    }
    for (const { until, operations } of certain) {
      const most = first + mayAdd.upTo(until) + mustTake.upTo(until)
      if (most >= 0) continue
      throw new Contradiction(
        `there were no units for this at any moment: ${-most} too many were taken from what was ${count}`,
        operations,
      )
    }
  }
}

function change({ kind, qty }: Transition, count: keyof Shown): number {
  return changes[kind][count] * qty
}

/** Whether the transition takes place in every order. */
function isCertain(
  { mustHappen, alternatives, predecessor }: Transition,
  transitions: readonly Transition[],
): boolean {
  if (!mustHappen || alternatives.length > 0) return false
  const before = predecessor === null ? undefined : transitions[predecessor]
  return before === undefined || isCertain(before, transitions)
}

/** Running sums over transitions, by the begin or the end of their interval. */
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
  /** How many come before the moment, with or without those at the moment itself. */
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
