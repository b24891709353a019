import type { Operation, Moment } from "./operations.ts"

/**
 * Where a product's units are. `lapsed` units belong to holds and orders whose time is over and that
 * nobody has ended yet: a reader sees them as held, a buyer gets them.
 */
export interface Counts {
  readonly available: number
  readonly live: number
  readonly lapsed: number
  readonly sold: number
}

/** Units as anyone is shown them. */
export interface Shown {
  readonly available: number
  readonly held: number
  readonly sold: number
}

/** What can happen to units. `keep` moves none: an order is made from a hold. */
export type TransitionKind =
  | "grant"
  | "return"
  | "sell"
  | "sell_late"
  | "lapse"
  | "sweep"
  | "convert"
  | "stock"

/** Something that happened, or may have happened, at one moment between `from` and `until`. */
export interface Transition {
  /** Its place in the list of acts; an act has a higher one than those it comes after. */
  readonly number: number
  readonly kind: TransitionKind
  /** Units it moves; of `stock`: by how many it changes the stock. */
  readonly qty: number
  readonly from: Moment
  readonly until: Moment
  /** False: it may as well never have happened. */
  readonly mustHappen: boolean
  /** Happens only after this one. */
  readonly predecessor: number | null
  /** Of these and this one, at most one happens; where one of them must, another will do. */
  readonly alternatives: readonly number[]
  /** When it probably happened: a guess that makes the search fast and decides nothing. */
  readonly likelyAt: Moment
  /** Of `stock`: whether it can have been made of these, and come to those. */
  readonly allows: (before: Counts, after: Counts) => boolean
  readonly operations: readonly Operation[]
}

/** An answer that says how things stood at one moment between `from` and `until`. */
export interface Observation {
  readonly from: Moment
  readonly until: Moment
  readonly operation: Operation
  /** Was seen before this act: a request that is refused, and granted when it is repeated. */
  readonly before: number | null
  /** The numbers that were shown; null: the answer does not name all of them. */
  readonly shown: Shown | null
  readonly isTrueOf: (counts: Counts) => boolean
}

/** The units after the act, or null if it cannot happen: nothing is ever less than none (I1). */
export function countsAfter({ kind, qty, allows }: Transition, counts: Counts): Counts | null {
  const { available, live, lapsed, sold } = counts
  switch (kind) {
    case "grant":
      return available < qty ? null : { available: available - qty, live: live + qty, lapsed, sold }
    case "return":
      return live < qty ? null : { available: available + qty, live: live - qty, lapsed, sold }
    case "sell":
      return live < qty ? null : { available, live: live - qty, lapsed, sold: sold + qty }
    case "sell_late":
      return available < qty ? null : { available: available - qty, live, lapsed, sold: sold + qty }
    case "lapse":
      return live < qty ? null : { available, live: live - qty, lapsed: lapsed + qty, sold }
    case "sweep":
      return lapsed < qty ? null : { available: available + qty, live, lapsed: lapsed - qty, sold }
    case "convert":
      return counts
    case "stock": {
      const after = { available: available + qty, live, lapsed, sold }
      return after.available < 0 || !allows(counts, after) ? null : after
    }
  }
}

/** Units on offer in total. */
export function stockOf({ available, live, lapsed, sold }: Counts): number {
  return available + live + lapsed + sold
}
