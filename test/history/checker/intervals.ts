import type { Operation, Moment } from "./operations.ts"
import { Contradiction } from "./contradiction.ts"

/** One step in the life of a hold, and when it can have happened. */
export interface Interval {
  readonly from: Moment
  readonly until: Moment
  readonly operations: readonly Operation[]
}

/** The latest begin. */
export function lastStart(operations: readonly Operation[]): Moment {
  return operations.reduce((last, { startedAt }) => Math.max(last, startedAt), -Infinity)
}

/** The earliest begin. */
export function firstStart(operations: readonly Operation[]): Moment {
  return operations.reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity)
}

/** The earliest end. */
export function firstEnd(operations: readonly Operation[]): Moment {
  return operations.reduce((first, { endedAt }) => Math.min(first, endedAt), Infinity)
}

/** The latest end. */
export function lastEnd(operations: readonly Operation[]): Moment {
  return operations.reduce((last, { endedAt }) => Math.max(last, endedAt), -Infinity)
}

/** Steps that follow each other: none can begin before the one before it, or end after the next one. */
export function inOrder(steps: readonly Interval[]): readonly Interval[] {
  const intervals = narrowed(steps)
  for (const [index, interval] of intervals.entries()) {
    if (!isEmpty(interval)) continue
    const around = [
      ...(intervals[index - 1]?.operations ?? []),
      ...interval.operations,
      ...(intervals[index + 1]?.operations ?? []),
    ]
    throw new Contradiction("these answers contradict each other about one hold", around)
  }
  return intervals
}

/** The same; null: they cannot follow each other. */
export function inOrderIfPossible(steps: readonly Interval[]): readonly Interval[] | null {
  const intervals = narrowed(steps)
  return intervals.some(isEmpty) ? null : intervals
}

function isEmpty({ from, until }: Interval): boolean {
  return from > until
}

function narrowed(steps: readonly Interval[]): Interval[] {
  const intervals = [...steps]
  for (const [index, interval] of intervals.entries()) {
    const before = intervals[index - 1]
    if (before !== undefined && before.from > interval.from)
      intervals[index] = { ...interval, from: before.from }
  }
  for (let index = intervals.length - 2; index >= 0; index -= 1) {
    const [interval, next] = [intervals[index], intervals[index + 1]]
    if (interval !== undefined && next !== undefined && next.until < interval.until) {
      intervals[index] = { ...interval, until: next.until }
    }
  }
  return intervals
}
