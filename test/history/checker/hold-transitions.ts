import type { Transition, TransitionKind } from "./transitions.ts"
import type { Operation, Moment } from "./operations.ts"
import { onRecorderClock } from "./clock.ts"
import { Contradiction } from "./contradiction.ts"
import type { ObservedState } from "./observed-states.ts"
import type { HoldSubhistory, PossibleHold } from "./subhistories.ts"
import {
  firstEnd,
  firstStart,
  inOrder,
  inOrderIfPossible,
  lastEnd,
  lastStart,
  type Interval,
} from "./intervals.ts"
import { endOfHold, endOfOrder, evidenceOf, type CheckContext, type HoldEvidence } from "./hold-evidence.ts"

/** An act before it has a number. */
export type TransitionDraft = Omit<Transition, "number" | "predecessor" | "alternatives" | "allows"> & {
  /** An earlier draft of the same list. */
  readonly predecessor: TransitionDraft | null
  /** Of the drafts with the same rivalry, one happens. */
  readonly alternativeGroup: object | null
}

/**
 * The acts that the answers about one hold leave possible.
 *
 * A hold goes through its states in one direction. So each answer about it says of a step that it was
 * done before the answer's end, or was not done before the question; all of them together leave a span
 * for each step, and say nothing more. Throws a {@link Contradiction} when nothing is left.
 */
export function transitionsOfHold(subhistory: HoldSubhistory, context: CheckContext): TransitionDraft[] {
  const evidence = evidenceOf(subhistory, context)
  switch (endOfHold(evidence)) {
    case "released":
      return sequence(evidence, [grantStep(evidence), requiredStep("return", releaseInterval(evidence))])
    case "expired":
      return sequence(evidence, [grantStep(evidence), ...holdLapseSteps(evidence)])
    case "ordered":
      return transitionsOfOrder(evidence)
    case null:
      return transitionsOfOpenHold(evidence)
  }
}

/** What requests under one key may have done when nobody knows whether one of them was granted. */
export function transitionsOfPossibleHold(
  { qty, unknown, refused }: PossibleHold,
  { product, lags }: CheckContext,
): TransitionDraft[] {
  // Had it been granted before, a repetition would not have been refused.
  const interval = {
    from: Math.max(firstStart(unknown), lastStart(refused)),
    until: lastEnd(unknown),
    operations: unknown,
  }
  if (interval.from > interval.until) return []
  const over = {
    from: interval.from + product.holdTtlMs,
    until: interval.until + product.holdTtlMs + lags.lapseMs,
    operations: unknown,
  }
  const grant = draftOf(
    { ...requiredStep("grant", interval), mustHappen: false, likelyAt: Infinity },
    qty,
    null,
  )
  const lapse = draftOf({ ...requiredStep("lapse", over), likelyAt: Infinity }, qty, grant)
  return [grant, lapse, draftOf(sweepStep(over.from, []), qty, lapse)]
}

/** A step in a life. `kind` null: it moves no units. */
interface Step {
  readonly kind: TransitionKind | null
  readonly interval: Interval
  readonly mustHappen: boolean
  readonly likelyAt: Moment
}

function requiredStep(kind: TransitionKind | null, interval: Interval): Step {
  const until = Math.min(interval.until, interval.from + GUESS_MS)
  return { kind, interval, mustHappen: true, likelyAt: (interval.from + until) / 2 }
}

/** An answer usually comes within so long. */
const GUESS_MS = 50

/** The steps, each after the one before it. */
function sequence({ subhistory }: HoldEvidence, all: readonly Step[]): TransitionDraft[] {
  const steps = feasibleSteps(null, all)
  const intervals = inOrder(steps.map(({ interval }) => interval))
  const drafts: TransitionDraft[] = []
  for (const [index, step] of steps.entries()) {
    const interval = intervals[index]
    if (interval === undefined || step.kind === null) continue
    drafts.push(draftOf({ ...step, interval }, subhistory.hold.qty, drafts.at(-1) ?? null))
  }
  return drafts
}

/** Without last steps that need not have happened and cannot have. */
function feasibleSteps(before: Interval | null, steps: readonly Step[]): readonly Step[] {
  const intervals = steps.map(({ interval }) => interval)
  const fits = inOrderIfPossible(before === null ? intervals : [before, ...intervals]) !== null
  return fits || steps.length < 2 || steps.at(-1)?.mustHappen === true
    ? steps
    : feasibleSteps(before, steps.slice(0, -1))
}

function draftOf(
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

function grantStep({
  subhistory: { granted, unknown, refused, hold, operations },
  clock,
}: HoldEvidence): Step {
  // Whatever was answered about it, it was there.
  const shown = [...granted, ...operations.filter(({ response }) => response.kind !== "unknown")]
  const [created, createdAtLatest] = onRecorderClock(hold.createdAt, clock)
  const first = granted.filter(({ response }) => response.kind === "hold" && !response.replayed)
  // Where every answer is a repetition, a request without an answer came first.
  const causes = first.length > 0 ? first : unknown
  if (causes.length === 0) throw new Contradiction("a repeated answer without a first one", granted)
  const invocation = Math.max(firstStart(causes), lastStart(refused))
  const interval = { from: Math.max(invocation, created), until: firstEnd(shown), operations: granted }
  return { kind: "grant", interval, mustHappen: true, likelyAt: (created + createdAtLatest) / 2 }
}

function releaseInterval(evidence: HoldEvidence): Interval {
  const release = observedInterval(evidence, {
    invocation: "release",
    shownBy: ["released"],
    notYet: ["active"],
  })
  return expectInTime(release, evidence.subhistory.hold.expiresAt, evidence)
}

/** Its time is over, and at some moment after that its units are back. */
function holdLapseSteps({ subhistory, clock, lags, operationsShowing }: HoldEvidence): Step[] {
  const [from, until] = onRecorderClock(subhistory.hold.expiresAt, clock)
  const lapse = { from, until: until + lags.lapseMs, operations: subhistory.granted }
  return [{ ...requiredStep("lapse", lapse), likelyAt: from }, sweepStep(from, operationsShowing("swept"))]
}

/** `shown`: the calls that saw it. */
function sweepStep(from: Moment, shown: readonly Operation[]): Step {
  const interval = { from, until: firstEnd(shown), operations: shown }
  return { kind: "sweep", interval, mustHappen: shown.length > 0, likelyAt: Infinity }
}

function transitionsOfOrder(evidence: HoldEvidence): TransitionDraft[] {
  const until = [grantStep(evidence), requiredStep(null, orderingInterval(evidence))]
  switch (endOfOrder(evidence)) {
    case "cancelled":
      return sequence(evidence, [
        ...until,
        requiredStep("return", cancellationInterval(evidence)),
        ...latePaymentSteps(evidence),
      ])
    case "paid":
      return sequence(evidence, [...until, requiredStep("sell", paymentInterval(evidence))])
    case "order_expired":
      return sequence(evidence, [...until, ...orderLapseSteps(evidence), ...latePaymentSteps(evidence)])
    case null:
      return transitionsOfOpenOrder(evidence, until)
  }
}

function orderingInterval(evidence: HoldEvidence): Interval {
  const { subhistory, clock } = evidence
  const making = observedInterval(evidence, { invocation: "order", shownBy: ["ordered"], notYet: ["active"] })
  const [created] =
    subhistory.order === null ? [-Infinity] : onRecorderClock(subhistory.order.createdAt, clock)
  return expectInTime(
    { ...making, from: Math.max(making.from, created) },
    subhistory.hold.expiresAt,
    evidence,
  )
}

function cancellationInterval(evidence: HoldEvidence): Interval {
  const shownBy: readonly ObservedState[] = ["cancelled", "paid_late"]
  const cancellation = observedInterval(evidence, { invocation: "cancel", shownBy, notYet: ["pending"] })
  return expectInTime(cancellation, evidence.subhistory.order?.expiresAt ?? Infinity, evidence)
}

function paymentInterval(evidence: HoldEvidence): Interval {
  const payment = observedInterval(evidence, {
    invocation: "pay",
    shownBy: ["paid", "paid_somehow"],
    notYet: ["pending"],
  })
  return expectInTime(payment, evidence.subhistory.order?.expiresAt ?? Infinity, evidence)
}

/** Money that came after the end: seen, or perhaps there when nobody knows what became of it. */
function latePaymentSteps(evidence: HoldEvidence): Step[] {
  const notYet: readonly ObservedState[] = ["pending", "cancelled", "order_expired"]
  if (evidence.operationsShowing("paid_late", "paid_somehow").length > 0) {
    const shownBy: readonly ObservedState[] = ["paid_late", "paid_somehow"]
    return [requiredStep("sell_late", observedInterval(evidence, { invocation: "pay", shownBy, notYet }))]
  }
  const interval = possibleInterval(evidence, { invocation: "pay", notYet })
  return interval === null
    ? []
    : [{ ...requiredStep("sell_late", interval), mustHappen: false, likelyAt: Infinity }]
}

function orderLapseSteps(evidence: HoldEvidence): Step[] {
  const [from, until] = orderDeadline(evidence)
  const lapse = {
    from,
    until: until + evidence.lags.lapseMs,
    operations: evidence.operationsShowing("ordered"),
  }
  const swept = evidence.operationsShowing("order_swept", "paid_late", "paid_somehow")
  return [{ ...requiredStep("lapse", lapse), likelyAt: from }, sweepStep(from, swept)]
}

function orderDeadline(evidence: HoldEvidence): [Moment, Moment] {
  const { subhistory, clock, product } = evidence
  if (subhistory.order !== null) return onRecorderClock(subhistory.order.expiresAt, clock)
  const { from, until } = orderingInterval(evidence)
  return [from + product.paymentTtlMs, until + product.paymentTtlMs]
}

/**
 * Nobody has seen the order's end, or only that it is paid: time ended it, unless a call without an
 * answer has.
 */
function transitionsOfOpenOrder(evidence: HoldEvidence, until: readonly Step[]): TransitionDraft[] {
  const paid = evidence.operationsShowing("paid_somehow", "paid_late")
  const isLate = evidence.operationsShowing("paid_late").length > 0
  const [, latest] = orderDeadline(evidence)
  const late = latePaymentSteps(evidence)
  const byTime = feasibleSteps(null, [...until, ...orderLapseSteps(evidence), ...late])
  const isOver = inOrderIfPossible(byTime.map(({ interval }) => interval)) !== null
  const drafts = sequence(evidence, isOver ? byTime : until)
  const cancelled = possibleInterval(evidence, { invocation: "cancel", notYet: ["pending"], latest })
  const paidInTime = isLate
    ? null
    : possibleInterval(evidence, { invocation: "pay", notYet: ["pending"], latest })
  const alternatives = [
    cancelled === null ? [] : [possibleStep("return", cancelled), ...late],
    paidInTime === null
      ? []
      : [possibleStep("sell", { ...paidInTime, until: Math.min(paidInTime.until, firstEnd(paid)) })],
  ]
  if (isOver) return withAlternatives(drafts, evidence, alternatives)
  const [grant] = drafts
  const possible = alternatives.filter((steps) => grant !== undefined && fitsAfter(grant, steps))
  const last = possible.reduce((last, steps) => Math.max(last, untilOf(steps)), -Infinity)
  if (possible.length === 0) throw new Contradiction("nobody asked to pay", paid)
  // One of them has happened: by the time the last one could have, if not before.
  const owed = (steps: readonly Step[]): readonly Step[] =>
    untilOf(steps) < last ? steps : steps.map((step, index) => (index > 0 ? step : required(step)))
  return withAlternatives(drafts, evidence, possible.map(owed))
}

function required(step: Step): Step {
  return { ...step, mustHappen: true }
}

function untilOf([first]: readonly Step[]): Moment {
  return first?.interval.until ?? -Infinity
}

function fitsAfter(before: Interval, steps: readonly Step[]): boolean {
  const possible = feasibleSteps(before, steps).map(({ interval }) => interval)
  return steps.length > 0 && inOrderIfPossible([before, ...possible]) !== null
}

/** Nobody has seen the hold's end. */
function transitionsOfOpenHold(evidence: HoldEvidence): TransitionDraft[] {
  const { subhistory, clock, product, lags } = evidence
  const [, latest] = onRecorderClock(subhistory.hold.expiresAt, clock)
  const released = possibleInterval(evidence, { invocation: "release", notYet: ["active"], latest })
  const ordered = possibleInterval(evidence, { invocation: "order", notYet: ["active"], latest })
  return withAlternatives(sequence(evidence, [grantStep(evidence), ...holdLapseSteps(evidence)]), evidence, [
    released === null ? [] : [possibleStep("return", released)],
    ordered === null ? [] : [possibleStep("convert", ordered), ...unseenOrderLapseSteps(ordered)],
  ])

  function unseenOrderLapseSteps({ from, until, operations }: Interval): Step[] {
    const over = {
      from: from + product.paymentTtlMs,
      until: until + product.paymentTtlMs + lags.lapseMs,
      operations,
    }
    return [{ ...requiredStep("lapse", over), likelyAt: Infinity }, sweepStep(over.from, [])]
  }
}

function possibleStep(kind: TransitionKind, interval: Interval): Step {
  return { kind, interval, mustHappen: false, likelyAt: Infinity }
}

/** Adds what may have happened after the grant instead of the lapse, with what would follow from it. */
function withAlternatives(
  drafts: readonly TransitionDraft[],
  { subhistory }: HoldEvidence,
  alternatives: readonly (readonly Step[])[],
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
        ...draftOf({ ...step, interval }, subhistory.hold.qty, predecessor),
        alternativeGroup: index === 0 ? alternativeGroup : null,
      }
      all.push(predecessor)
    }
  }
  return all
}

/** The same drafts, with the lapse in the rivalry. */
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

interface Cause {
  readonly invocation: Operation["invocation"]["kind"]
  readonly notYet: readonly ObservedState[]
}

/** The span of a step that was seen: somebody asked for it, and it was shown. */
function observedInterval(
  evidence: HoldEvidence,
  cause: Cause & { readonly shownBy: readonly ObservedState[] },
): Interval {
  const shown = evidence.operationsShowing(...cause.shownBy)
  const interval = intervalOf(evidence, cause)
  if (interval === null) throw new Contradiction(`nobody asked to ${cause.invocation}`, shown)
  return {
    ...interval,
    until: Math.min(interval.until, firstEnd(shown)),
    operations: [...interval.operations, ...shown],
  }
}

/** The span of a step that nobody has seen; null: it cannot have happened. */
function possibleInterval(
  evidence: HoldEvidence,
  cause: Cause & { readonly latest?: Moment },
): Interval | null {
  const interval = intervalOf(evidence, cause)
  if (interval === null || interval.from > Math.min(interval.until, cause.latest ?? Infinity)) return null
  const until = (cause.latest ?? Infinity) + evidence.lags.lapseMs
  return { ...interval, until: Math.min(interval.until, until) }
}

function intervalOf(
  { subhistory, operationsShowing }: HoldEvidence,
  { invocation, notYet }: Cause,
): Interval | null {
  const possible = subhistory.operations.filter(
    (operation) => operation.invocation.kind === invocation && mayHaveCausedIt(operation),
  )
  const certain = possible.filter(hasCausedIt)
  const operations = certain.length > 0 ? certain : possible
  if (operations.length === 0) return null
  return {
    from: Math.max(firstStart(operations), lastStart(operationsShowing(...notYet))),
    until: lastEnd(operations),
    operations,
  }
}

function mayHaveCausedIt({ response }: Operation): boolean {
  return response.kind === "payment" ? response.outcome === "paid" : response.kind !== "refused"
}

/** Nobody else has: of a repetition the answer would say so. */
function hasCausedIt({ response }: Operation): boolean {
  return response.kind === "order" ? response.created : response.kind === "payment" && !response.duplicate
}

function expectInTime(step: Interval, deadline: Moment, { clock }: HoldEvidence): Interval {
  const [, latest] = onRecorderClock(deadline, clock)
  if (step.from > latest) throw new Contradiction("it was done after the time was over", step.operations)
  return step
}
