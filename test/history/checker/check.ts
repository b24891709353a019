import type { Counts } from "./transitions.ts"
import { allowedLags, type AllowedLags, type Operation, type History, type Moment } from "./operations.ts"
import { clockOffset, type ClockOffset } from "./clock.ts"
import { Contradiction } from "./contradiction.ts"
import { subhistoriesOf } from "./subhistories.ts"
import { expectWithinLimits } from "./count-limits.ts"
import { productHistory } from "./product-history.ts"
import { projectionsOf } from "./projections.ts"
import { findOrder } from "./search.ts"
import type { Event } from "./events.ts"

/** The result of the check. */
export type Verdict =
  /** `statesVisited`: the size of the search. */
  | { readonly explained: true; readonly statesVisited: number }
  | {
      readonly explained: false
      /** The reason, in one sentence. */
      readonly reason: string
      /** The operations whose responses contradict each other. */
      readonly operations: readonly Operation[]
      /** The end of the shortest prefix without an explanation: up to the response before this one, there is one. */
      readonly until: Moment
      /** The number of operations with a response by then. */
      readonly answered: number
    }

/**
 * Checks whether a sequential order of the operations explains every response, product by product: linearizability in
 * the sense of Herlihy & Wing, with the lags that the contract allows.
 *
 * The order must respect real time: an operation that ended before another one began comes first. Counts are never
 * negative, a hold ends once and not before its deadline, and every response was true at some moment of the operation's
 * interval or, where the contract allows a cache, shortly before. An operation with an unknown response may have taken
 * effect at any moment since its invocation, or never.
 *
 * If there is no such order, finds the shortest prefix of the history that has none. If the search exceeds its limit,
 * the history counts as unexplained and the reason says that this is no proof.
 *
 * A product with variants is checked as a whole, and then by its variants (see projections.ts).
 */
export function checkHistory(history: History, lags: AllowedLags = allowedLags): Verdict {
  let statesVisited = 0
  for (const { variantIds, history: part } of [{ variantIds: [], history }, ...projectionsOf(history)]) {
    const verdict = checkPart(part, lags)
    if (!verdict.explained) return { ...verdict, reason: ofVariants(variantIds, verdict.reason) }
    statesVisited += verdict.statesVisited
  }
  return { explained: true, statesVisited }
}

function ofVariants(ids: readonly number[], reason: string): string {
  return ids.length === 0
    ? reason
    : `${ids.length === 1 ? "variant" : "variants"} ${ids.join(" and ")}: ${reason}`
}

function checkPart(history: History, lags: AllowedLags): Verdict {
  const whole = attempt(history, lags, null)
  if (!("operations" in whole)) return whole
  // Each search for a shorter prefix would take as long again.
  if (whole instanceof GivenUp) return verdictOf(whole, history, whole.at)

  const clock = knownClock(history)
  const ends = answerTimes(history)
  let [fine, wrong] = [-1, ends.length - 1]
  let contradiction = whole
  while (wrong - fine > 1) {
    const middle = Math.floor((fine + wrong) / 2)
    const result = attempt(beginning(history, ends[middle] ?? 0), lags, clock)
    if ("operations" in result) {
      contradiction = result
      wrong = middle
    } else fine = middle
  }
  return verdictOf(contradiction, history, ends[wrong] ?? 0)
}

function verdictOf({ message, operations }: Contradiction, history: History, until: Moment): Verdict {
  const answered = history.operations.filter(
    (operation) => isAnswered(operation) && operation.endedAt <= until,
  ).length
  return { explained: false, reason: message, operations, until, answered }
}

/** The search ended at its limit: neither an explanation nor a proof that there is none. */
class GivenUp extends Contradiction {
  /** The furthest moment that the search reached. */
  readonly at: Moment

  constructor({ message, operations }: Contradiction, at: Moment) {
    super(`the search gave up, which is no proof; ${message}`, operations)
    this.at = at
  }
}

type Attempt = Extract<Verdict, { explained: true }> | Contradiction

function attempt(history: History, lags: AllowedLags, clock: ClockOffset | null): Attempt {
  try {
    let statesVisited = 0
    const input = {
      subhistories: subhistoriesOf(history),
      clock: clock ?? clockOffset(history.operations),
      lags,
    }
    for (const product of history.products) {
      const { start, transitions, observations } = productHistory(product, history, input)
      expectWithinLimits(start, transitions, observations)
      const result = findOrder(start, transitions, observations)
      if (!result.found) {
        const contradiction = contradictionAt(product.id, result.blockedBy, result.reached)
        throw result.gaveUp ? new GivenUp(contradiction, result.blockedBy.at) : contradiction
      }
      statesVisited += result.statesVisited
    }
    return { explained: true, statesVisited }
  } catch (error) {
    if (error instanceof Contradiction) return error
    throw error
  }
}

/** The offset of the whole history; null if that is contradictory, as it then is in the shortest such prefix, too. */
function knownClock({ operations }: History): ClockOffset | null {
  try {
    return clockOffset(operations)
  } catch (error) {
    if (error instanceof Contradiction) return null
    throw error
  }
}

function contradictionAt(productId: number, blockedBy: Event, reached: readonly Counts[]): Contradiction {
  const operations =
    "observation" in blockedBy ? [blockedBy.observation.operation] : blockedBy.transition.operations
  const problem =
    "observation" in blockedBy
      ? "this response was true at no moment of its interval"
      : `there were no units for this ${blockedBy.transition.kind} at any moment of its interval`
  return new Contradiction(
    `product ${productId}: ${problem}; the counts were then ${reached.map(describeCounts).join(", or ")}`,
    operations,
  )
}

function describeCounts({ available, live, lapsed, sold }: Counts): string {
  return `${available} available, ${live + lapsed} held (${lapsed} past their deadline), ${sold} sold`
}

function isAnswered({ response }: Operation): boolean {
  return response.kind !== "unknown"
}

function answerTimes({ operations }: History): Moment[] {
  return [...new Set(operations.filter(isAnswered).map(({ endedAt }) => endedAt))].sort((a, b) => a - b)
}

/** The prefix of the history: what was known at a moment. Operations that end later have an unknown response. */
function beginning({ products, operations }: History, until: Moment): History {
  const known = (operation: Operation): Operation =>
    operation.endedAt <= until || !isAnswered(operation)
      ? operation
      : { ...operation, endedAt: Infinity, response: { kind: "unknown" } }
  return { products, operations: operations.filter(({ startedAt }) => startedAt <= until).map(known) }
}
