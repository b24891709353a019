import { countsAfter, type Transition, type Counts, type Observation } from "./transitions.ts"
import { dominates, type Successors } from "./dominance.ts"
import { eventsOf, type Event } from "./events.ts"

/** What the search came to. */
export type SearchResult =
  | { readonly found: true; readonly statesVisited: number }
  /** `stuck`: what could not be explained in the attempt that came furthest; `reached`: how things stood. */
  | {
      readonly found: false
      readonly blockedBy: Event
      readonly reached: readonly Counts[]
      /** It ended without having tried everything: nobody knows whether there is one. */
      readonly gaveUp: boolean
    }

/** Situations that are looked at before the search gives up: some seconds of work, and some hundred MB. */
const LARGEST_SEARCH = 1_000_000

/**
 * Looks for an order of the acts, each at a moment of its own span, that is possible and makes every
 * look true at some moment of its span. Finds one if there is any.
 *
 * The way of Wing & Gong, as Lowe has made it fast: time goes on from one begin or end of a span to
 * the next, and an act is put in its place only when a span ends in which something must have happened;
 * looks, which change nothing, count as seen at the first moment at which they are true. A situation
 * that was met before, with no look more to be seen, is not looked at again.
 */
export function findOrder(
  start: Counts,
  transitions: readonly Transition[],
  observations: readonly Observation[],
): SearchResult {
  const { events, forgetAt } = eventsOf(transitions, observations)
  const successors = successorsOf(transitions)
  const visited = new Map<string, (readonly number[])[]>()
  const furthest = new Furthest()
  const open: SearchState[] = [{ at: 0, counts: start, pending: [], placed: [], unmatched: [] }]
  let statesVisited = 0

  for (;;) {
    const next = open.pop()
    if (next === undefined) return furthest.result(events, false)
    const state = advance(next)
    if (state.at === events.length) return { found: true, statesVisited }
    furthest.note(state)
    if (wasVisited(visited, state)) continue
    if ((statesVisited += 1) > LARGEST_SEARCH) return furthest.result(events, true)
    open.push(...nextStates(state))
  }

  /** Lets time go on until something must be done first. */
  function advance({ at, counts, pending, placed, unmatched }: SearchState): SearchState {
    for (; at < events.length; at += 1) {
      const event = events[at]
      if (event === undefined) break
      if ("observation" in event) {
        const { kind, observation, index } = event
        if (kind === "observation_ends" && unmatched.includes(index)) break
        if (kind === "observation_begins" && !observation.isTrueOf(counts)) unmatched = [...unmatched, index]
        continue
      }
      const { kind, transition } = event
      if (kind === "transition_begins") {
        if (canStillHappen(transition, pending, placed)) pending = [...pending, transition.number]
        continue
      }
      if (pending.includes(transition.number)) {
        if (isReady(transition, placed)) break
        pending = pending.filter((number) => number !== transition.number)
      }
      placed = placed.filter((number) => forgetAt.get(number) !== at)
    }
    return { at, counts, pending, placed, unmatched }
  }

  /** What may happen next, the most probable last, because the last one is tried first. */
  function nextStates(state: SearchState): SearchState[] {
    const { at, counts, pending, placed, unmatched } = state
    const ready = pending.flatMap((number) => {
      const transition = transitions[number]
      const isBlocked = unmatched.some((index) => observations[index]?.before === number)
      return transition !== undefined && isReady(transition, placed) && !isBlocked ? [transition] : []
    })
    const placements = ready
      .filter((transition) => !ready.some((other) => dominates(other, transition, successors)))
      .sort((a, b) => b.likelyAt - a.likelyAt)
      .flatMap((transition) => {
        const next = countsAfter(transition, counts)
        return next === null ? [] : [placing(transition, next, state)]
      })
      // What makes an answer true that waits for it is probably what happened.
      .sort((a, b) => b.unmatched.length - a.unmatched.length)
    const event = events[at]
    if (event === undefined || "observation" in event || event.transition.mustHappen) return placements
    return [...placements, dropping(event.transition, ready, state)]
  }

  /** It never happens; nor does what it would have been better than. */
  function dropping(transition: Transition, ready: readonly Transition[], state: SearchState): SearchState {
    const gone = ready.filter((other) => other === transition || dominates(transition, other, successors))
    const numbers = new Set(gone.map(({ number }) => number))
    return { ...state, pending: state.pending.filter((number) => !numbers.has(number)) }
  }

  function placing(
    transition: Transition,
    counts: Counts,
    { at, pending, placed, unmatched }: SearchState,
  ): SearchState {
    const isRemembered = transition.alternatives.length > 0 || successors.has(transition.number)
    const spentPredecessor =
      transition.predecessor !== null && transitions[transition.predecessor]?.alternatives.length === 0
        ? transition.predecessor
        : null
    const kept = placed.filter((number) => number !== spentPredecessor)
    return {
      at,
      counts,
      pending: pending.filter(
        (number) => number !== transition.number && !transition.alternatives.includes(number),
      ),
      placed: isRemembered ? [...kept, transition.number].sort((a, b) => a - b) : kept,
      unmatched: unmatched.filter((index) => observations[index]?.isTrueOf(counts) !== true),
    }
  }
}

/** Where the search stands: what is settled is in `counts`, the rest by numbers. */
interface SearchState {
  /** The next event. */
  readonly at: number
  readonly counts: Counts
  /** Acts that have begun, and have neither been done nor become impossible. */
  readonly pending: readonly number[]
  /** Acts that were done and that others still depend on. */
  readonly placed: readonly number[]
  /** Looks that have begun and were not true yet. */
  readonly unmatched: readonly number[]
}

function canStillHappen(
  { predecessor, alternatives }: Transition,
  pending: readonly number[],
  placed: readonly number[],
) {
  if (alternatives.some((number) => placed.includes(number))) return false
  return predecessor === null || placed.includes(predecessor) || pending.includes(predecessor)
}

/** What comes after something that never happened need not, and cannot, happen either. */
function isReady({ predecessor }: Transition, placed: readonly number[]): boolean {
  return predecessor === null || placed.includes(predecessor)
}

function successorsOf(transitions: readonly Transition[]): Successors {
  const successors = new Map<number, Transition>()
  for (const transition of transitions)
    if (transition.predecessor !== null) successors.set(transition.predecessor, transition)
  return successors
}

/** Whether it was looked at before, with the same looks still unseen or fewer. */
function wasVisited(
  visited: Map<string, (readonly number[])[]>,
  { at, counts, pending, placed, unmatched }: SearchState,
) {
  const { available, live, lapsed, sold } = counts
  const key = `${at}:${available},${live},${lapsed},${sold}:${pending.join()}:${placed.join()}`
  const before = visited.get(key)
  if (before === undefined) {
    visited.set(key, [unmatched])
    return false
  }
  if (before.some((other) => other.every((index) => unmatched.includes(index)))) return true
  before.push(unmatched)
  return false
}

/** Remembers the attempts that came furthest, to say what stood in their way. */
class Furthest {
  #at = -1
  #reached = new Map<string, Counts>()

  note({ at, counts }: SearchState): void {
    if (at < this.#at) return
    if (at > this.#at) this.#reached.clear()
    this.#at = at
    this.#reached.set(Object.values(counts).join(), counts)
  }

  result(events: readonly Event[], gaveUp: boolean): SearchResult {
    const blockedBy = events[this.#at]
    if (blockedBy === undefined) throw new Error("the search ended before it began")
    return { found: false, blockedBy, reached: [...this.#reached.values()], gaveUp }
  }
}
