import type { Transition } from "./transitions.ts"

/** The successor of each transition that has one, by the number of the predecessor. */
export type Successors = ReadonlyMap<number, Transition>

/**
 * Whether `other` dominates `transition`: it may be placed first without loss, so the search need not try `transition`
 * first.
 *
 * Both change the counts equally. In every order with `transition` now and `other` later (or never), the two can be
 * exchanged, and so can their successors, without any of them leaving its interval. Without this rule, ten holds that
 * end at the same moment would be tried in each of their 3,628,800 orders.
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
  // Neither must take place. `other` replaces `transition` only if its successors can replace those of `transition`.
  if (transition.mustHappen || other.until !== transition.until || !comesFirst(other, transition))
    return false
  return isWithin(successor, otherSuccessor, successors)
}

/** A strict order, so that of two transitions only one dominates the other. */
function comesFirst(other: Transition, transition: Transition): boolean {
  return other.until < transition.until || (other.until === transition.until && isEarlier(other, transition))
}

function isEarlier(other: Transition, transition: Transition): boolean {
  return other.from < transition.from || (other.from === transition.from && other.number < transition.number)
}

/** Whether no successor can take place before `until`. */
function isFree(successor: Transition | undefined, until: number): boolean {
  return successor === undefined || (successor.from >= until && successor.alternatives.length === 0)
}

type Chain = readonly [Transition, Transition | undefined]

/** Whether both successors are alike, may follow at once, are the last of their chains, and `other`'s ends no later. */
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

/** Whether the second chain begins no later than the first, transition by transition, and ends at the same times. */
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
