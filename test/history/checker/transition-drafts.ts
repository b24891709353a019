import { inOrder, inOrderIfPossible, type Interval } from "./intervals.ts"
import type { Moment } from "./operations.ts"
import type { Transition, TransitionKind } from "./transitions.ts"

/** A transition before it has a number. */
export type TransitionDraft = Omit<Transition, "number" | "predecessor" | "alternatives" | "allows"> & {
  /** An earlier draft of the same list. */
  readonly predecessor: TransitionDraft | null
  /** Of the drafts in the same group, one takes place. */
  readonly alternativeGroup: object | null
}

/** One step of a hold. `kind` null: no transition of units belongs to it. */
export interface Step {
  readonly kind: TransitionKind | null
  readonly interval: Interval
  readonly mustHappen: boolean
  readonly likelyAt: Moment
}

/** A step that a response shows or that must follow from one. */
export function requiredStep(kind: TransitionKind | null, interval: Interval): Step {
  const until = Math.min(interval.until, interval.from + GUESS_MS)
  return { kind, interval, mustHappen: true, likelyAt: (interval.from + until) / 2 }
}

/** The usual time until a response, for the estimate of a step's moment. */
const GUESS_MS = 50

/**
 * Makes a chain of drafts from steps that follow each other. Throws a contradiction if their intervals do not allow it.
 */
export function sequence(all: readonly Step[], qty: number): TransitionDraft[] {
  const steps = feasibleSteps(null, all)
  const intervals = inOrder(steps.map(({ interval }) => interval))
  const drafts: TransitionDraft[] = []
  for (const [index, step] of steps.entries()) {
    const interval = intervals[index]
    if (interval === undefined || step.kind === null) continue
    drafts.push(draftOf({ ...step, interval }, qty, drafts.at(-1) ?? null))
  }
  return drafts
}

/** Leaves out last steps that are optional and whose interval does not fit. `before`: a step that comes before all. */
export function feasibleSteps(before: Interval | null, steps: readonly Step[]): readonly Step[] {
  const intervals = steps.map(({ interval }) => interval)
  const fits = inOrderIfPossible(before === null ? intervals : [before, ...intervals]) !== null
  return fits || steps.length < 2 || steps.at(-1)?.mustHappen === true
    ? steps
    : feasibleSteps(before, steps.slice(0, -1))
}

/** Makes a draft from a step. */
export function draftOf(
  { kind, interval, mustHappen, likelyAt }: Step,
  qty: number,
  predecessor: TransitionDraft | null,
): TransitionDraft {
  return {
    kind: kind ?? "convert",
    qty,
    ...interval,
    mustHappen,
    likelyAt,
    predecessor,
    alternativeGroup: null,
  }
}

/** The same step, which must take place. */
export function required(step: Step): Step {
  return { ...step, mustHappen: true }
}

/** When the first of the steps can take place at the latest; -Infinity if there is none. */
export function untilOf([first]: readonly Step[]): Moment {
  return first?.interval.until ?? -Infinity
}

/** Whether there is a step and the required ones can follow `before`. */
export function fitsAfter(before: Interval, steps: readonly Step[]): boolean {
  const possible = feasibleSteps(before, steps).map(({ interval }) => interval)
  return steps.length > 0 && inOrderIfPossible([before, ...possible]) !== null
}

/** A step that no response shows and that may have taken place. */
export function possibleStep(kind: TransitionKind, interval: Interval): Step {
  return { kind, interval, mustHappen: false, likelyAt: Infinity }
}

/** Adds the steps that may have followed the grant in place of the lapse, each with the steps that follow from it. */
export function withAlternatives(
  drafts: readonly TransitionDraft[],
  alternatives: readonly (readonly Step[])[],
  qty: number,
): TransitionDraft[] {
  const [grant] = drafts
  if (grant === undefined) return []
  const alternativeGroup = {}
  const all = relinked(drafts, alternativeGroup)
  for (const alternative of alternatives) {
    const steps = feasibleSteps(grant, alternative)
    if (!fitsAfter(grant, steps)) continue
    const intervals = inOrder([grant, ...steps.map(({ interval }) => interval)])
    let predecessor = all[0] ?? null
    for (const [index, step] of steps.entries()) {
      const interval = intervals[index + 1] ?? step.interval
      predecessor = {
        ...draftOf({ ...step, interval }, qty, predecessor),
        alternativeGroup: index === 0 ? alternativeGroup : null,
      }
      all.push(predecessor)
    }
  }
  return all
}

/** The same drafts, with the lapse in the group of alternatives. */
function relinked(drafts: readonly TransitionDraft[], alternativeGroup: object): TransitionDraft[] {
  const changed: TransitionDraft[] = []
  for (const one of drafts) {
    changed.push({
      ...one,
      predecessor: changed.at(-1) ?? null,
      alternativeGroup: one.kind === "lapse" ? alternativeGroup : null,
    })
  }
  return changed
}
