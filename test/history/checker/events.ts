import type { Transition, Observation } from "./transitions.ts"
import type { Moment } from "./operations.ts"

/** The begin or the end of an interval. */
export type Event = TransitionEvent | ObservationEvent

interface TransitionEvent {
  readonly kind: "transition_begins" | "transition_ends"
  readonly at: Moment
  readonly transition: Transition
}

interface ObservationEvent {
  readonly kind: "observation_begins" | "observation_ends"
  readonly at: Moment
  readonly observation: Observation
  readonly index: number
}

/** Intervals that touch overlap: of events at the same moment, begins come before ends. */
const order = { transition_begins: 0, observation_begins: 1, observation_ends: 2, transition_ends: 3 }

/**
 * Returns all begins and ends in the order of time, and for each transition the event after which no other depends on
 * it (`forgetAt`). Transitions that end after the last response get no end event, because no response depends on them.
 */
export function eventsOf(transitions: readonly Transition[], observations: readonly Observation[]) {
  const lastSeen = lastAnswer(transitions, observations)
  const events: Event[] = [
    ...transitions.flatMap((transition): Event[] => [
      { kind: "transition_begins", at: transition.from, transition },
      ...(transition.until <= lastSeen
        ? [{ kind: "transition_ends", at: transition.until, transition } as const]
        : []),
    ]),
    ...observations.flatMap((observation, index): Event[] => [
      { kind: "observation_begins", at: observation.from, observation, index },
      { kind: "observation_ends", at: observation.until, observation, index },
    ]),
  ]
  events.sort((a, b) => a.at - b.at || order[a.kind] - order[b.kind] || numberOf(a) - numberOf(b))
  return { events, forgetAt: lastUses(transitions, events) }
}

function lastAnswer(transitions: readonly Transition[], observations: readonly Observation[]): Moment {
  let last = -Infinity
  for (const { until } of observations) last = Math.max(last, until)
  for (const { mustHappen, until } of transitions)
    if (mustHappen && until < Infinity) last = Math.max(last, until)
  return last
}

function numberOf(event: Event): number {
  return "transition" in event ? event.transition.number : event.index
}

/** For each transition that others depend on: the index of the last of their ends; none if one of them never ends. */
function lastUses(transitions: readonly Transition[], events: readonly Event[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  for (const [place, event] of events.entries())
    if (event.kind === "transition_ends") ends.set(event.transition.number, place)
  const uses = new Map<number, number>()
  for (const { number, predecessor, alternatives } of transitions) {
    const end = ends.get(number) ?? Infinity
    for (const used of predecessor === null ? alternatives : [predecessor, ...alternatives]) {
      uses.set(used, Math.max(uses.get(used) ?? -1, end))
    }
  }
  return uses
}
