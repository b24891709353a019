import type { Operation, Moment } from "./operations.ts"
import { onRecorderClock } from "./clock.ts"
import { Contradiction } from "./contradiction.ts"
import type { ObservedState } from "./observed-states.ts"
import type { HoldSubhistory, PossibleHold } from "./subhistories.ts"
import { firstEnd, firstStart, inOrderIfPossible, lastEnd, lastStart, type Interval } from "./intervals.ts"
import { endOfHold, endOfOrder, evidenceOf, type CheckContext, type HoldEvidence } from "./hold-evidence.ts"
import {
  draftOf,
  feasibleSteps,
  fitsAfter,
  possibleStep,
  required,
  requiredStep,
  sequence,
  untilOf,
  withAlternatives,
  type Step,
  type TransitionDraft,
} from "./transition-drafts.ts"

/**
 * Derives the transitions that the responses about one hold allow.
 *
 * A hold goes through its states in one direction. So each response about it says of a step either that it took place
 * before the operation's end or that it had not taken place at its begin. All responses together leave an interval for
 * each step, and contain nothing more. Throws a {@link Contradiction} if an interval is empty.
 */
export function transitionsOfHold(subhistory: HoldSubhistory, context: CheckContext): TransitionDraft[] {
  const evidence = evidenceOf(subhistory, context)
  const { qty } = subhistory.hold
  switch (endOfHold(evidence)) {
    case "released":
      return sequence([grantStep(evidence), requiredStep("return", releaseInterval(evidence))], qty)
    case "expired":
      return sequence([grantStep(evidence), ...holdLapseSteps(evidence)], qty)
    case "ordered":
      return transitionsOfOrder(evidence)
    case null:
      return transitionsOfOpenHold(evidence)
  }
}

/** Derives the transitions of requests with one key of which no response says whether they were granted. */
export function transitionsOfPossibleHold(
  { qty, unknown, refused }: PossibleHold,
  { product, lags }: CheckContext,
): TransitionDraft[] {
  // A refusal under the same key came before the grant: a repetition of a granted request is not refused.
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

function grantStep({
  subhistory: { granted, unknown, refused, hold, operations },
  clock,
}: HoldEvidence): Step {
  // Any response about the hold shows that it had been granted.
  const shown = [...granted, ...operations.filter(({ response }) => response.kind !== "unknown")]
  const [created, createdAtLatest] = onRecorderClock(hold.createdAt, clock)
  const first = granted.filter(({ response }) => response.kind === "hold" && !response.replayed)
  // If every response is a replay, a request with an unknown response was granted first.
  const causes = first.length > 0 ? first : unknown
  if (causes.length === 0) throw new Contradiction("a replayed response without an original one", granted)
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

/** The hold lapses at its deadline, and at some later moment a sweep makes its units available. */
function holdLapseSteps({ subhistory, clock, lags, operationsShowing }: HoldEvidence): Step[] {
  const [from, until] = onRecorderClock(subhistory.hold.expiresAt, clock)
  const lapse = { from, until: until + lags.lapseMs, operations: subhistory.granted }
  return [{ ...requiredStep("lapse", lapse), likelyAt: from }, sweepStep(from, operationsShowing("swept"))]
}

/** `shown`: the operations whose responses show it. */
function sweepStep(from: Moment, shown: readonly Operation[]): Step {
  const interval = { from, until: firstEnd(shown), operations: shown }
  return { kind: "sweep", interval, mustHappen: shown.length > 0, likelyAt: Infinity }
}

function transitionsOfOrder(evidence: HoldEvidence): TransitionDraft[] {
  const { qty } = evidence.subhistory.hold
  const soFar = [grantStep(evidence), requiredStep(null, orderingInterval(evidence))]
  switch (endOfOrder(evidence)) {
    case "cancelled":
      return sequence(
        [...soFar, requiredStep("return", cancellationInterval(evidence)), ...latePaymentSteps(evidence)],
        qty,
      )
    case "paid":
      return sequence([...soFar, requiredStep("sell", paymentInterval(evidence))], qty)
    case "order_expired":
      return sequence([...soFar, ...orderLapseSteps(evidence), ...latePaymentSteps(evidence)], qty)
    case null:
      return transitionsOfOpenOrder(evidence, soFar)
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

/** A payment after the order's end: one that a response shows, or one with an unknown response. */
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
 * No response shows how the order ended, or only that it is paid. It lapsed, unless an operation with an unknown response
 * ended it before.
 */
function transitionsOfOpenOrder(evidence: HoldEvidence, soFar: readonly Step[]): TransitionDraft[] {
  const { qty } = evidence.subhistory.hold
  const paid = evidence.operationsShowing("paid_somehow", "paid_late")
  const isLate = evidence.operationsShowing("paid_late").length > 0
  const [, latest] = orderDeadline(evidence)
  const late = latePaymentSteps(evidence)
  const byTime = feasibleSteps(null, [...soFar, ...orderLapseSteps(evidence), ...late])
  const isOver = inOrderIfPossible(byTime.map(({ interval }) => interval)) !== null
  const drafts = sequence(isOver ? byTime : soFar, qty)
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
  if (isOver) return withAlternatives(drafts, alternatives, qty)
  const [grant] = drafts
  const possible = alternatives.filter((steps) => grant !== undefined && fitsAfter(grant, steps))
  const last = possible.reduce((last, steps) => Math.max(last, untilOf(steps)), -Infinity)
  if (possible.length === 0) throw new Contradiction("there is no payment that can have caused this", paid)
  // One of them took place, at the latest when the last of them could.
  const owed = (steps: readonly Step[]): readonly Step[] =>
    untilOf(steps) < last ? steps : steps.map((step, index) => (index > 0 ? step : required(step)))
  return withAlternatives(drafts, possible.map(owed), qty)
}

/** No response shows how the hold ended: it lapsed, unless an operation with an unknown response ended it before. */
function transitionsOfOpenHold(evidence: HoldEvidence): TransitionDraft[] {
  const { subhistory, clock, product, lags } = evidence
  const [, latest] = onRecorderClock(subhistory.hold.expiresAt, clock)
  const released = possibleInterval(evidence, { invocation: "release", notYet: ["active"], latest })
  const ordered = possibleInterval(evidence, { invocation: "order", notYet: ["active"], latest })
  const drafts = sequence([grantStep(evidence), ...holdLapseSteps(evidence)], subhistory.hold.qty)
  const alternatives = [
    released === null ? [] : [possibleStep("return", released)],
    ordered === null ? [] : [possibleStep("convert", ordered), ...unseenOrderLapseSteps(ordered)],
  ]
  return withAlternatives(drafts, alternatives, subhistory.hold.qty)

  function unseenOrderLapseSteps({ from, until, operations }: Interval): Step[] {
    const over = {
      from: from + product.paymentTtlMs,
      until: until + product.paymentTtlMs + lags.lapseMs,
      operations,
    }
    return [{ ...requiredStep("lapse", over), likelyAt: Infinity }, sweepStep(over.from, [])]
  }
}

/** The operations that can cause a step: their kind, and the states that come before it. */
interface Cause {
  readonly invocation: Operation["invocation"]["kind"]
  readonly notYet: readonly ObservedState[]
}

/** The interval of a step that a response shows: after an invocation that can have caused it, and before the response. */
function observedInterval(
  evidence: HoldEvidence,
  cause: Cause & { readonly shownBy: readonly ObservedState[] },
): Interval {
  const shown = evidence.operationsShowing(...cause.shownBy)
  const interval = intervalOf(evidence, cause)
  if (interval === null)
    throw new Contradiction(`there is no ${cause.invocation} that can have caused this`, shown)
  return {
    ...interval,
    until: Math.min(interval.until, firstEnd(shown)),
    operations: [...interval.operations, ...shown],
  }
}

/** The interval of a step that no response shows; null if it cannot have taken place. */
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

/** Whether this operation caused the step: the response would mark a repetition. */
function hasCausedIt({ response }: Operation): boolean {
  return response.kind === "order" ? response.created : response.kind === "payment" && !response.duplicate
}

function expectInTime(step: Interval, deadline: Moment, { clock }: HoldEvidence): Interval {
  const [, latest] = onRecorderClock(deadline, clock)
  if (step.from > latest) throw new Contradiction("it took effect after the deadline", step.operations)
  return step
}
