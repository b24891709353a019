import type { Call, Moment } from "./calls.ts"
import { Contradiction } from "./contradiction.ts"

/** One step in the life of a hold, and when it can have happened. */
export interface Span {
  readonly from: Moment
  readonly until: Moment
  readonly calls: readonly Call[]
}

/** The latest begin. */
export function lastStart(calls: readonly Call[]): Moment {
  return calls.reduce((last, { startedAt }) => Math.max(last, startedAt), -Infinity)
}

/** The earliest begin. */
export function firstStart(calls: readonly Call[]): Moment {
  return calls.reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity)
}

/** The earliest end. */
export function firstEnd(calls: readonly Call[]): Moment {
  return calls.reduce((first, { endedAt }) => Math.min(first, endedAt), Infinity)
}

/** The latest end. */
export function lastEnd(calls: readonly Call[]): Moment {
  return calls.reduce((last, { endedAt }) => Math.max(last, endedAt), -Infinity)
}

/** Steps that follow each other: none can begin before the one before it, or end after the next one. */
export function inOrder(steps: readonly Span[]): readonly Span[] {
  const spans = narrowed(steps)
  for (const [index, span] of spans.entries()) {
    if (!isEmpty(span)) continue
    const around = [...(spans[index - 1]?.calls ?? []), ...span.calls, ...(spans[index + 1]?.calls ?? [])]
    throw new Contradiction("these answers contradict each other about one hold", around)
  }
  return spans
}

/** The same; null: they cannot follow each other. */
export function inOrderIfPossible(steps: readonly Span[]): readonly Span[] | null {
  const spans = narrowed(steps)
  return spans.some(isEmpty) ? null : spans
}

function isEmpty({ from, until }: Span): boolean {
  return from > until
}

function narrowed(steps: readonly Span[]): Span[] {
  const spans = [...steps]
  for (const [index, span] of spans.entries()) {
    const before = spans[index - 1]
    if (before !== undefined && before.from > span.from) spans[index] = { ...span, from: before.from }
  }
  for (let index = spans.length - 2; index >= 0; index -= 1) {
    const [span, next] = [spans[index], spans[index + 1]]
    if (span !== undefined && next !== undefined && next.until < span.until) {
      spans[index] = { ...span, until: next.until }
    }
  }
  return spans
}
