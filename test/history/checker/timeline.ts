import type { Act, Look } from "./acts.ts"
import type { Moment } from "./calls.ts"

/** The begin or end of a span. */
export type Event = ActEvent | LookEvent

interface ActEvent {
  readonly what: "act_begins" | "act_ends"
  readonly at: Moment
  readonly act: Act
}

interface LookEvent {
  readonly what: "look_begins" | "look_ends"
  readonly at: Moment
  readonly look: Look
  readonly index: number
}

/** Spans that touch overlap: at one moment, all begin before any ends. */
const order = { act_begins: 0, look_begins: 1, look_ends: 2, act_ends: 3 }

/**
 * Begins and ends in the order of time, and after which event nothing depends on an act any more.
 * What ends after the last answer can be left open, because nobody has seen it.
 */
export function eventsOf(acts: readonly Act[], looks: readonly Look[]) {
  const lastSeen = lastAnswer(acts, looks)
  const events: Event[] = [
    ...acts.flatMap((act): Event[] => [
      { what: "act_begins", at: act.from, act },
      ...(act.until <= lastSeen ? [{ what: "act_ends", at: act.until, act } as const] : []),
    ]),
    ...looks.flatMap((look, index): Event[] => [
      { what: "look_begins", at: look.from, look, index },
      { what: "look_ends", at: look.until, look, index },
    ]),
  ]
  events.sort((a, b) => a.at - b.at || order[a.what] - order[b.what] || numberOf(a) - numberOf(b))
  return { events, forgetAt: lastUses(acts, events) }
}

function lastAnswer(acts: readonly Act[], looks: readonly Look[]): Moment {
  let last = -Infinity
  for (const { until } of looks) last = Math.max(last, until)
  for (const { must, until } of acts) if (must && until < Infinity) last = Math.max(last, until)
  return last
}

function numberOf(event: Event): number {
  return "act" in event ? event.act.number : event.index
}

/** For each act that others depend on: the place of the last end among those; none if one never ends. */
function lastUses(acts: readonly Act[], events: readonly Event[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  for (const [place, event] of events.entries())
    if (event.what === "act_ends") ends.set(event.act.number, place)
  const uses = new Map<number, number>()
  for (const { number, after, rivals } of acts) {
    const end = ends.get(number) ?? Infinity
    for (const used of after === null ? rivals : [after, ...rivals]) {
      uses.set(used, Math.max(uses.get(used) ?? -1, end))
    }
  }
  return uses
}
