import type { Act } from "./acts.ts"

/** For each act that another one comes after: that one. */
export type Tails = ReadonlyMap<number, Act>

/**
 * Whether `other` may as well be done before `act`, so that the search need not try `act` first.
 *
 * Both do the same to the units. In every order that has `act` now and `other` later (or never), they
 * can change places, and so can what comes after them, without anything leaving its span. Without
 * this, ten holds that end at the same moment would be tried in each of their 3,628,800 orders.
 */
export function betterInstead(other: Act, act: Act, tails: Tails): boolean {
  if (other === act || other.kind !== act.kind || other.qty !== act.qty || act.kind === "stock") return false
  if (other.rivals.length > 0 || act.rivals.length > 0) return false
  const [tail, otherTail] = [tails.get(act.number), tails.get(other.number)]
  if (other.must) {
    return (
      comesFirst(other, act) && (isFree(tail, other.until) || canSwap([other, otherTail], [act, tail], tails))
    )
  }
  // Neither need happen: whoever does it instead must be able to do all that the first one does.
  if (act.must || other.until !== act.until || !comesFirst(other, act)) return false
  return isWithin(tail, otherTail, tails)
}

/** A strict order, so that of two acts only one waits for the other. */
function comesFirst(other: Act, act: Act): boolean {
  return other.until < act.until || (other.until === act.until && isEarlier(other, act))
}

function isEarlier(other: Act, act: Act): boolean {
  return other.from < act.from || (other.from === act.from && other.number < act.number)
}

/** Nothing that follows has to happen before `until`. */
function isFree(tail: Act | undefined, until: number): boolean {
  return tail === undefined || (tail.from >= until && tail.rivals.length === 0)
}

type Chain = readonly [Act, Act | undefined]

/** What follows is the same, may follow at once, is not due sooner after `act`, and is the last step. */
function canSwap([other, otherTail]: Chain, [act, tail]: Chain, tails: Tails): boolean {
  if (otherTail === undefined || tail === undefined || !areAlike(otherTail, tail)) return false
  if (otherTail.from > other.from || tail.from > act.from || otherTail.until > tail.until) return false
  return !tails.has(otherTail.number) && !tails.has(tail.number)
}

/** Two chains of which the second one begins no later, step by step, and ends at the same times. */
function isWithin(tail: Act | undefined, otherTail: Act | undefined, tails: Tails): boolean {
  if (tail === undefined || otherTail === undefined) return tail === otherTail
  return (
    areAlike(otherTail, tail) &&
    otherTail.from <= tail.from &&
    otherTail.until === tail.until &&
    isWithin(tails.get(tail.number), tails.get(otherTail.number), tails)
  )
}

function areAlike(one: Act, another: Act): boolean {
  return (
    one.kind === another.kind &&
    one.qty === another.qty &&
    one.must === another.must &&
    one.rivals.length === 0 &&
    another.rivals.length === 0
  )
}
