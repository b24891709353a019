import { countsAfter, type Transition, type Counts, type Observation } from "./transitions.ts"
import { dominates, type Successors } from "./dominance.ts"
import { eventsOf, type Event } from "./events.ts"

/** The result of the search. */
export type SearchResult =
  | { readonly found: true; readonly statesVisited: number }
  /** `blockedBy`: the event that the furthest attempts could not pass; `reached`: the counts of these attempts. */
  | {
      readonly found: false
      readonly blockedBy: Event
      readonly reached: readonly Counts[]
      /** The search ended at its limit, without a proof that there is no order. */
      readonly gaveUp: boolean
    }

/** The number of states that the search visits before it gives up: some seconds of work and some hundred MB. */
const LARGEST_SEARCH = 1_000_000

/**
 * Searches for an order of the transitions, each at a moment of its interval, that keeps every count at zero or above
 * and makes every observation true at some moment of its interval. Finds one if there is any.
 *
 * This is the algorithm of Wing & Gong with Lowe's improvements: time advances from one begin or end of an interval to
 * the next, and a transition is placed only when an interval ends that requires one. Observations, which change nothing,
 * are matched at the first moment at which they are true. A state that was visited before, with the same observations
 * unmatched or fewer, is not visited again.
 *
 * Wing & Gong, "Testing and Verifying Concurrent Objects" (1993); Lowe, "Testing for linearizability" (2017).
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

  /** Advances to the next event that cannot be passed without placing a transition. */
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

  /** The states that can follow, the likeliest last, because the last one is tried first. */
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
      // A transition that makes an unmatched observation true is the likeliest.
      .sort((a, b) => b.unmatched.length - a.unmatched.length)
    const event = events[at]
    if (event === undefined || "observation" in event || event.transition.mustHappen) return placements
    return [...placements, dropping(event.transition, ready, state)]
  }

  /** The state in which the transition never takes place, and neither do those that it dominates. */
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

/** A state of the search. Placed transitions are summed up in `counts`; the rest is listed by number. */
interface SearchState {
  /** The index of the next event. */
  readonly at: number
  readonly counts: Counts
  /** Transitions whose interval has begun, and which are neither placed nor impossible. */
  readonly pending: readonly number[]
  /** Placed transitions that others still depend on. */
  readonly placed: readonly number[]
  /** Observations whose interval has begun and which have not been true yet. */
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

/** Whether the predecessor is placed. Without it, a transition neither can nor must take place. */
function isReady({ predecessor }: Transition, placed: readonly number[]): boolean {
  return predecessor === null || placed.includes(predecessor)
}

function successorsOf(transitions: readonly Transition[]): Successors {
  const successors = new Map<number, Transition>()
  for (const transition of transitions)
    if (transition.predecessor !== null) successors.set(transition.predecessor, transition)
  return successors
}

/** Whether the state was visited before, with the same observations unmatched or fewer. Remembers it if not. */
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

/** Remembers the attempts that came furthest, for the explanation. */
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
