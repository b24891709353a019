import type { Operation, Moment } from "./operations.ts"
import { Contradiction } from "./contradiction.ts"

/** When one step of a hold can have taken place, and the operations that say so. */
export interface Interval {
  readonly from: Moment
  readonly until: Moment
  readonly operations: readonly Operation[]
}

/** The latest begin; -Infinity if there is none. */
export function lastStart(operations: readonly Operation[]): Moment {
  return operations.reduce((last, { startedAt }) => Math.max(last, startedAt), -Infinity)
}

/** The earliest begin; Infinity if there is none. */
export function firstStart(operations: readonly Operation[]): Moment {
  return operations.reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity)
}

/** The earliest end; Infinity if there is none. */
export function firstEnd(operations: readonly Operation[]): Moment {
  return operations.reduce((first, { endedAt }) => Math.min(first, endedAt), Infinity)
}

/** The latest end; -Infinity if there is none. */
export function lastEnd(operations: readonly Operation[]): Moment {
  return operations.reduce((last, { endedAt }) => Math.max(last, endedAt), -Infinity)
}

/**
 * Narrows the intervals of steps that follow each other: none begins before the step before it, or ends after the next
 * one. Throws a {@link Contradiction} if an interval becomes empty.
 */
export function inOrder(steps: readonly Interval[]): readonly Interval[] {
  const intervals = narrowed(steps)
  for (const [index, interval] of intervals.entries()) {
    if (!isEmpty(interval)) continue
    const around = [
      ...(intervals[index - 1]?.operations ?? []),
      ...interval.operations,
      ...(intervals[index + 1]?.operations ?? []),
    ]
    throw new Contradiction("these responses about one hold contradict each other", around)
  }
  return intervals
}

/** Like {@link inOrder}, but returns null if the steps cannot follow each other. */
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
