import type { Counts } from "./transitions.ts"
import { allowedLags, type AllowedLags, type Operation, type History, type Moment } from "./operations.ts"
import { clockOffset, type ClockOffset } from "./clock.ts"
import { Contradiction } from "./contradiction.ts"
import { subhistoriesOf } from "./subhistories.ts"
import { expectWithinLimits } from "./count-limits.ts"
import { productHistory } from "./product-history.ts"
import { findOrder } from "./search.ts"
import type { Event } from "./events.ts"

/** What the check came to. */
export type Verdict =
  /** `steps`: situations that were looked at. */
  | { readonly explained: true; readonly statesVisited: number }
  | {
      readonly explained: false
      /** Why, in one sentence. */
      readonly reason: string
      /** The answers that do not go together. */
      readonly operations: readonly Operation[]
      /** So many milliseconds of the history can be explained; up to the answer given then, it cannot. */
      readonly until: Moment
      /** Calls that were answered by then. */
      readonly answered: number
    }

/**
 * Whether one order of events explains every answer of the history, product by product.
 *
 * The order must respect time: what was answered before something else was asked came first. Units are
 * never less than none, a hold ends once and not before its time, and every answer was true at some
 * moment between its question and itself, or, where the contract allows memory, shortly before. What
 * nobody knows the end of may have happened at any moment since it was asked, or never.
 *
 * When there is none, looks for the shortest beginning of the history for which there is none either.
 * When the search gave up, says so in the reason: what has not been explained is not called right.
 */
export function checkHistory(history: History, lags: AllowedLags = allowedLags): Verdict {
  const whole = attempt(history, lags, null)
  if (!("operations" in whole)) return whole
  // To look for a shorter one would take as long again, each time.
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

/** Nothing was found, and nothing is proved. */
class GivenUp extends Contradiction {
  /** How far the search came. */
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

/** A clock that contradicts itself does so in the shortest beginning, too. */
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
      ? "this answer was never true"
      : `there was never room for this ${blockedBy.transition.kind}`
  return new Contradiction(
    `product ${productId}: ${problem}; by then there were ${reached.map(describeCounts).join(", or ")}`,
    operations,
  )
}

function describeCounts({ available, live, lapsed, sold }: Counts): string {
  return `${available} available, ${live + lapsed} held (${lapsed} past their time), ${sold} sold`
}

function isAnswered({ response }: Operation): boolean {
  return response.kind !== "unknown"
}

function answerTimes({ operations }: History): Moment[] {
  return [...new Set(operations.filter(isAnswered).map(({ endedAt }) => endedAt))].sort((a, b) => a - b)
}

/** The history as it was known at a moment. */
function beginning({ products, operations }: History, until: Moment): History {
  const known = (operation: Operation): Operation =>
    operation.endedAt <= until || !isAnswered(operation)
      ? operation
      : { ...operation, endedAt: Infinity, response: { kind: "unknown" } }
  return { products, operations: operations.filter(({ startedAt }) => startedAt <= until).map(known) }
}
