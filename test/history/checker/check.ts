import type { Counts } from "./acts.ts"
import { promisedBounds, type Bounds, type Call, type History, type Moment } from "./calls.ts"
import { clockOffset, type ClockOffset } from "./clock.ts"
import { Contradiction } from "./contradiction.ts"
import { filesOf } from "./files.ts"
import { expectWithinLimits } from "./limits.ts"
import { productHistory } from "./product-history.ts"
import { findOrder } from "./search.ts"
import type { Event } from "./timeline.ts"

/** What the check came to. */
export type Verdict =
  /** `steps`: situations that were looked at. */
  | { readonly explained: true; readonly steps: number }
  | {
      readonly explained: false
      /** Why, in one sentence. */
      readonly reason: string
      /** The answers that do not go together. */
      readonly calls: readonly Call[]
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
export function checkHistory(history: History, bounds: Bounds = promisedBounds): Verdict {
  const whole = attempt(history, bounds, null)
  if (!("calls" in whole)) return whole
  // To look for a shorter one would take as long again, each time.
  if (whole instanceof GivenUp) return verdictOf(whole, history, whole.at)

  const clock = knownClock(history)
  const ends = answerTimes(history)
  let [fine, wrong] = [-1, ends.length - 1]
  let contradiction = whole
  while (wrong - fine > 1) {
    const middle = Math.floor((fine + wrong) / 2)
    const result = attempt(beginning(history, ends[middle] ?? 0), bounds, clock)
    if ("calls" in result) {
      contradiction = result
      wrong = middle
    } else fine = middle
  }
  return verdictOf(contradiction, history, ends[wrong] ?? 0)
}

function verdictOf({ message, calls }: Contradiction, history: History, until: Moment): Verdict {
  const answered = history.calls.filter((call) => isAnswered(call) && call.endedAt <= until).length
  return { explained: false, reason: message, calls, until, answered }
}

/** Nothing was found, and nothing is proved. */
class GivenUp extends Contradiction {
  /** How far the search came. */
  readonly at: Moment

  constructor({ message, calls }: Contradiction, at: Moment) {
    super(`the search gave up, which is no proof; ${message}`, calls)
    this.at = at
  }
}

type Attempt = Extract<Verdict, { explained: true }> | Contradiction

function attempt(history: History, bounds: Bounds, clock: ClockOffset | null): Attempt {
  try {
    let steps = 0
    const context = { files: filesOf(history), clock: clock ?? clockOffset(history.calls), bounds }
    for (const product of history.products) {
      const { start, acts, looks } = productHistory(product, history, context)
      expectWithinLimits(start, acts, looks)
      const result = findOrder(start, acts, looks)
      if (!result.found) {
        const contradiction = dispute(product.id, result.stuck, result.reached)
        throw result.gaveUp ? new GivenUp(contradiction, result.stuck.at) : contradiction
      }
      steps += result.steps
    }
    return { explained: true, steps }
  } catch (error) {
    if (error instanceof Contradiction) return error
    throw error
  }
}

/** A clock that contradicts itself does so in the shortest beginning, too. */
function knownClock({ calls }: History): ClockOffset | null {
  try {
    return clockOffset(calls)
  } catch (error) {
    if (error instanceof Contradiction) return null
    throw error
  }
}

function dispute(productId: number, stuck: Event, reached: readonly Counts[]): Contradiction {
  const calls = "look" in stuck ? [stuck.look.call] : stuck.act.calls
  const what =
    "look" in stuck ? "this answer was never true" : `there was never room for this ${stuck.act.kind}`
  return new Contradiction(
    `product ${productId}: ${what}; by then there were ${reached.map(told).join(", or ")}`,
    calls,
  )
}

function told({ available, live, lapsed, sold }: Counts): string {
  return `${available} available, ${live + lapsed} held (${lapsed} past their time), ${sold} sold`
}

function isAnswered({ answer }: Call): boolean {
  return answer.is !== "unknown"
}

function answerTimes({ calls }: History): Moment[] {
  return [...new Set(calls.filter(isAnswered).map(({ endedAt }) => endedAt))].sort((a, b) => a - b)
}

/** The history as it was known at a moment. */
function beginning({ products, calls }: History, until: Moment): History {
  const known = (call: Call): Call =>
    call.endedAt <= until || !isAnswered(call)
      ? call
      : { ...call, endedAt: Infinity, answer: { is: "unknown" } }
  return { products, calls: calls.filter(({ startedAt }) => startedAt <= until).map(known) }
}
