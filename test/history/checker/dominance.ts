import type { Transition } from "./transitions.ts"

/** For each act that another one comes after: that one. */
export type Successors = ReadonlyMap<number, Transition>

/**
 * Whether `other` may as well be done before `act`, so that the search need not try `act` first.
 *
 * Both do the same to the units. In every order that has `act` now and `other` later (or never), they
 * can change places, and so can what comes after them, without anything leaving its span. Without
 * this, ten holds that end at the same moment would be tried in each of their 3,628,800 orders.
 */
export function dominates(other: Transition, transition: Transition, successors: Successors): boolean {
  if (
    other === transition ||
    other.kind !== transition.kind ||
    other.qty !== transition.qty ||
    transition.kind === "stock"
  )
    return false
  if (other.alternatives.length > 0 || transition.alternatives.length > 0) return false
  const [successor, otherSuccessor] = [successors.get(transition.number), successors.get(other.number)]
  if (other.mustHappen) {
    return (
      comesFirst(other, transition) &&
      (isFree(successor, other.until) ||
        canSwap([other, otherSuccessor], [transition, successor], successors))
    )
  }
  // Neither need happen: whoever does it instead must be able to do all that the first one does.
  if (transition.mustHappen || other.until !== transition.until || !comesFirst(other, transition))
    return false
  return isWithin(successor, otherSuccessor, successors)
}

/** A strict order, so that of two acts only one waits for the other. */
function comesFirst(other: Transition, transition: Transition): boolean {
  return other.until < transition.until || (other.until === transition.until && isEarlier(other, transition))
}

function isEarlier(other: Transition, transition: Transition): boolean {
  return other.from < transition.from || (other.from === transition.from && other.number < transition.number)
}

/** Nothing that follows has to happen before `until`. */
function isFree(successor: Transition | undefined, until: number): boolean {
  return successor === undefined || (successor.from >= until && successor.alternatives.length === 0)
}

type Chain = readonly [Transition, Transition | undefined]

/** What follows is the same, may follow at once, is not due sooner after `act`, and is the last step. */
function canSwap(
  [other, otherSuccessor]: Chain,
  [transition, successor]: Chain,
  successors: Successors,
): boolean {
  if (otherSuccessor === undefined || successor === undefined || !areAlike(otherSuccessor, successor))
    return false
  if (
    otherSuccessor.from > other.from ||
    successor.from > transition.from ||
    otherSuccessor.until > successor.until
  )
    return false
  return !successors.has(otherSuccessor.number) && !successors.has(successor.number)
}

/** Two chains of which the second one begins no later, step by step, and ends at the same times. */
function isWithin(
  successor: Transition | undefined,
  otherSuccessor: Transition | undefined,
  successors: Successors,
): boolean {
  if (successor === undefined || otherSuccessor === undefined) return successor === otherSuccessor
  return (
    areAlike(otherSuccessor, successor) &&
    otherSuccessor.from <= successor.from &&
    otherSuccessor.until === successor.until &&
    isWithin(successors.get(successor.number), successors.get(otherSuccessor.number), successors)
  )
}

function areAlike(one: Transition, another: Transition): boolean {
  return (
    one.kind === another.kind &&
    one.qty === another.qty &&
    one.mustHappen === another.mustHappen &&
    one.alternatives.length === 0 &&
    another.alternatives.length === 0
  )
}
