import { stockOf, type Transition, type Counts, type Observation } from "./transitions.ts"
import type { Response, Invocation, AllowedLags, Operation, History, ProductRecord } from "./operations.ts"
import type { ClockOffset } from "./clock.ts"
import type { Subhistories } from "./subhistories.ts"
import { transitionsOfHold, transitionsOfPossibleHold } from "./hold-transitions.ts"
import type { TransitionDraft } from "./transition-drafts.ts"

/** One product's part of a history: the transitions of its units, and the observations of its counts. */
export interface ProductHistory {
  readonly start: Counts
  readonly transitions: readonly Transition[]
  readonly observations: readonly Observation[]
}

interface ProductInput {
  readonly subhistories: Subhistories
  readonly clock: ClockOffset
  readonly lags: AllowedLags
}

/**
 * Derives the transitions and observations of one product. Throws a {@link Contradiction} if the responses about one of
 * its holds exclude each other.
 */
export function productHistory(
  product: ProductRecord,
  { operations }: History,
  input: ProductInput,
): ProductHistory {
  const context = { product, clock: input.clock, lags: input.lags }
  const isOurs = ({ productId }: { productId: number }) => productId === product.id
  const transitions: Transition[] = []
  const granted = new Map<Operation, number>()
  const { holds, possibleHolds } = input.subhistories
  for (const subhistory of [...holds.filter(isOurs), ...possibleHolds.filter(isOurs)]) {
    const drafts =
      "hold" in subhistory
        ? transitionsOfHold(subhistory, context)
        : transitionsOfPossibleHold(subhistory, context)
    // The first draft is the grant: a refusal under the same key came before it.
    if (drafts.length > 0)
      for (const operation of subhistory.refused) granted.set(operation, transitions.length)
    transitions.push(...numbered(drafts, transitions.length))
  }
  const own = operations.filter(({ invocation }) => "productId" in invocation && isOurs(invocation))
  for (const operation of own) transitions.push(...stockChange(operation, transitions.length))
  return {
    start: { available: product.stock, live: 0, lapsed: 0, sold: 0 },
    transitions,
    observations: own.flatMap((operation) =>
      observationOf(operation, input.lags, granted.get(operation) ?? null),
    ),
  }
}

/** Numbers the drafts of one hold, starting with `first`. */
function numbered(drafts: readonly TransitionDraft[], first: number): Transition[] {
  const numbers = new Map(drafts.map((draft, index) => [draft, first + index]))
  return drafts.map(({ alternativeGroup, predecessor, ...rest }, index) => ({
    ...rest,
    number: first + index,
    allows: () => true,
    predecessor: predecessor === null ? null : (numbers.get(predecessor) ?? null),
    alternatives: drafts.flatMap((other, place) =>
      alternativeGroup !== null && other.alternativeGroup === alternativeGroup && place !== index
        ? [first + place]
        : [],
    ),
  }))
}

function stockChange(operation: Operation, number: number): Transition[] {
  const { invocation, response, startedAt: from, endedAt: until } = operation
  if (invocation.kind !== "set_stock" || response.kind === "refused") return []
  const { stock, expected, variantId } = invocation
  const mustHappen = response.kind === "product"
  const allows = (before: Counts, after: Counts) =>
    (variantId !== undefined || stockOf(before) === expected) &&
    (response.kind !== "product" || isShown(response, after))
  const rest = {
    predecessor: null,
    alternatives: [],
    likelyAt: mustHappen ? (from + until) / 2 : Infinity,
    operations: [operation],
  }
  return [{ number, kind: "stock", qty: stock - expected, allows, from, until, mustHappen, ...rest }]
}

/** Whether the response shows these counts. */
function isShown(
  { available, held, sold, stock }: Extract<Response, { kind: "product" }>,
  counts: Counts,
): boolean {
  return (
    counts.available === available &&
    counts.live + counts.lapsed === held &&
    counts.sold === sold &&
    stockOf(counts) === stock
  )
}

function observationOf(operation: Operation, lags: AllowedLags, before: number | null): Observation[] {
  const { invocation, response, startedAt, endedAt: until } = operation
  const isTrueOf = predicateOf(invocation, response)
  if (isTrueOf === null) return []
  return [
    {
      from: startedAt - lag(invocation, lags),
      until,
      operation,
      before,
      shown: response.kind === "product" ? response : null,
      isTrueOf,
    },
  ]
}

function lag(invocation: Invocation, { refusalMs, readMs }: AllowedLags): number {
  if (invocation.kind === "read_product") return readMs
  return invocation.kind === "hold" && invocation.key === null ? refusalMs : 0
}

/** The condition on the counts that makes the response true; null if the response says nothing about counts. */
function predicateOf(invocation: Invocation, response: Response): Observation["isTrueOf"] | null {
  if (invocation.kind === "read_product" && response.kind === "product") {
    return (counts) => isShown(response, counts)
  }
  if (response.kind !== "refused") return null
  const { code, available: shown } = response
  if (invocation.kind === "hold" && code === "out_of_stock") {
    // Of a basket, some variant lacks units, which the projection on that variant judges.
    if (invocation.lines !== undefined) return null
    // Lapsed units are available to every hold request (I6).
    return ({ available, lapsed }) =>
      available + lapsed < invocation.qty && (shown === undefined || shown === available + lapsed)
  }
  if (invocation.kind !== "set_stock" || invocation.variantId !== undefined) return null
  if (code === "stock_changed") return (counts) => stockOf(counts) !== invocation.expected
  return code === "stock_in_use" ? ({ live, lapsed, sold }) => live + lapsed + sold > invocation.stock : null
}
