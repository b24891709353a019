import type { Operation, Moment } from "./operations.ts"

/**
 * A product's units by state. `lapsed` units belong to holds and orders that are past their deadline and not swept yet:
 * reads show them as held, and a buyer can get them.
 */
export interface Counts {
  readonly available: number
  readonly live: number
  readonly lapsed: number
  readonly sold: number
}

/** A product's units as a response shows them. */
export interface Shown {
  readonly available: number
  readonly held: number
  readonly sold: number
}

/** The ways in which units change state. `convert` moves none: an order is made from a hold. */
export type TransitionKind =
  | "grant"
  | "return"
  | "sell"
  | "sell_late"
  | "lapse"
  | "sweep"
  | "convert"
  | "stock"

/** A change of state that took place, or may have, at one moment of the interval from `from` to `until`. */
export interface Transition {
  /** The transition's index in the list; higher than that of its predecessor. */
  readonly number: number
  readonly kind: TransitionKind
  /** The number of units it moves; of `stock`, the change of the stock. */
  readonly qty: number
  readonly from: Moment
  readonly until: Moment
  /** False if it may never have taken place. */
  readonly mustHappen: boolean
  /** The transition that must take place before this one. */
  readonly predecessor: number | null
  /** At most one of these and this one takes place; if one of them must, any of them satisfies that. */
  readonly alternatives: readonly number[]
  /** An estimate of its moment. It orders the search, which makes it fast, and has no influence on the result. */
  readonly likelyAt: Moment
  /** Of `stock`: whether the response agrees with the counts before and after. */
  readonly allows: (before: Counts, after: Counts) => boolean
  readonly operations: readonly Operation[]
}

/** A response that states a product's counts at one moment of the interval from `from` to `until`. */
export interface Observation {
  readonly from: Moment
  readonly until: Moment
  readonly operation: Operation
  /** The transition that must come later: the grant of a request that was refused at first and then repeated. */
  readonly before: number | null
  /** The counts in the response; null if it does not state all of them. */
  readonly shown: Shown | null
  readonly isTrueOf: (counts: Counts) => boolean
}

/** The counts after the transition, or null if it cannot take place: no count is ever negative (I1). */
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

/** The stock: the sum of all units. */
export function stockOf({ available, live, lapsed, sold }: Counts): number {
  return available + live + lapsed + sold
}
