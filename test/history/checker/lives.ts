import type { Act, ActKind } from "./acts.ts"
import type { Call, Moment } from "./calls.ts"
import { onRecorderClock } from "./clock.ts"
import { Contradiction } from "./contradiction.ts"
import type { Fact } from "./facts.ts"
import type { HoldFile, Phantom } from "./files.ts"
import { firstEnd, firstStart, inOrder, inOrderIfPossible, lastEnd, lastStart, type Span } from "./spans.ts"
import { endOfHold, endOfOrder, storyOf, type Circumstances, type Story } from "./story.ts"

/** An act before it has a number. */
export type Draft = Omit<Act, "number" | "after" | "rivals" | "allows"> & {
  /** An earlier draft of the same list. */
  readonly after: Draft | null
  /** Of the drafts with the same rivalry, one happens. */
  readonly rivalry: object | null
}

/**
 * The acts that the answers about one hold leave possible.
 *
 * A hold goes through its states in one direction. So each answer about it says of a step that it was
 * done before the answer's end, or was not done before the question; all of them together leave a span
 * for each step, and say nothing more. Throws a {@link Contradiction} when nothing is left.
 */
export function lifeOf(file: HoldFile, circumstances: Circumstances): Draft[] {
  const story = storyOf(file, circumstances)
  switch (endOfHold(story)) {
    case "released":
      return chain(story, [grantOf(story), move("return", releaseOf(story))])
    case "expired":
      return chain(story, [grantOf(story), ...lapseOfHold(story)])
    case "ordered":
      return lifeOfOrder(story)
    case null:
      return undecidedHold(story)
  }
}

/** What requests under one key may have done when nobody knows whether one of them was granted. */
export function phantomLife({ qty, unknown, refused }: Phantom, { product, bounds }: Circumstances): Draft[] {
  // Had it been granted before, a repetition would not have been refused.
  const span = {
    from: Math.max(firstStart(unknown), lastStart(refused)),
    until: lastEnd(unknown),
    calls: unknown,
  }
  if (span.from > span.until) return []
  const over = {
    from: span.from + product.holdTtlMs,
    until: span.until + product.holdTtlMs + bounds.lapseMs,
    calls: unknown,
  }
  const grant = draft({ ...move("grant", span), must: false, hint: Infinity }, qty, null)
  const lapse = draft({ ...move("lapse", over), hint: Infinity }, qty, grant)
  return [grant, lapse, draft(sweepOf(over.from, []), qty, lapse)]
}

/** A step in a life. `kind` null: it moves no units. */
interface Step {
  readonly kind: ActKind | null
  readonly span: Span
  readonly must: boolean
  readonly hint: Moment
}

function move(kind: ActKind | null, span: Span): Step {
  const until = Math.min(span.until, span.from + GUESS_MS)
  return { kind, span, must: true, hint: (span.from + until) / 2 }
}

/** An answer usually comes within so long. */
const GUESS_MS = 50

/** The steps, each after the one before it. */
function chain({ file }: Story, all: readonly Step[]): Draft[] {
  const steps = possibleSteps(null, all)
  const spans = inOrder(steps.map(({ span }) => span))
  const drafts: Draft[] = []
  for (const [index, step] of steps.entries()) {
    const span = spans[index]
    if (span === undefined || step.kind === null) continue
    drafts.push(draft({ ...step, span }, file.hold.qty, drafts.at(-1) ?? null))
  }
  return drafts
}

/** Without last steps that need not have happened and cannot have. */
function possibleSteps(before: Span | null, steps: readonly Step[]): readonly Step[] {
  const spans = steps.map(({ span }) => span)
  const fits = inOrderIfPossible(before === null ? spans : [before, ...spans]) !== null
  return fits || steps.length < 2 || steps.at(-1)?.must === true
    ? steps
    : possibleSteps(before, steps.slice(0, -1))
}

function draft({ kind, span, must, hint }: Step, qty: number, after: Draft | null): Draft {
  return { kind: kind ?? "keep", qty, ...span, must, hint, after, rivalry: null }
}

function grantOf({ file: { granted, unknown, refused, hold, calls }, clock }: Story): Step {
  // Whatever was answered about it, it was there.
  const shown = [...granted, ...calls.filter(({ answer }) => answer.is !== "unknown")]
  const [created, createdAtLatest] = onRecorderClock(hold.createdAt, clock)
  const first = granted.filter(({ answer }) => answer.is === "hold" && !answer.replayed)
  // Where every answer is a repetition, a request without an answer came first.
  const causes = first.length > 0 ? first : unknown
  if (causes.length === 0) throw new Contradiction("a repeated answer without a first one", granted)
  const asked = Math.max(firstStart(causes), lastStart(refused))
  const span = { from: Math.max(asked, created), until: firstEnd(shown), calls: granted }
  return { kind: "grant", span, must: true, hint: (created + createdAtLatest) / 2 }
}

function releaseOf(story: Story): Span {
  const release = stepOf(story, { asked: "release", shownBy: ["released"], notYet: ["active"] })
  return expectInTime(release, story.file.hold.expiresAt, story)
}

/** Its time is over, and at some moment after that its units are back. */
function lapseOfHold({ file, clock, bounds, told }: Story): Step[] {
  const [from, until] = onRecorderClock(file.hold.expiresAt, clock)
  const lapse = { from, until: until + bounds.lapseMs, calls: file.granted }
  return [{ ...move("lapse", lapse), hint: from }, sweepOf(from, told("swept"))]
}

/** `shown`: the calls that saw it. */
function sweepOf(from: Moment, shown: readonly Call[]): Step {
  const span = { from, until: firstEnd(shown), calls: shown }
  return { kind: "sweep", span, must: shown.length > 0, hint: Infinity }
}

function lifeOfOrder(story: Story): Draft[] {
  const until = [grantOf(story), move(null, makingOf(story))]
  switch (endOfOrder(story)) {
    case "cancelled":
      return chain(story, [...until, move("return", cancellationOf(story)), ...latePaymentOf(story)])
    case "paid":
      return chain(story, [...until, move("sell", paymentOf(story))])
    case "order_expired":
      return chain(story, [...until, ...lapseOfOrder(story), ...latePaymentOf(story)])
    case null:
      return undecidedOrder(story, until)
  }
}

function makingOf(story: Story): Span {
  const { file, clock } = story
  const making = stepOf(story, { asked: "order", shownBy: ["ordered"], notYet: ["active"] })
  const [created] = file.order === null ? [-Infinity] : onRecorderClock(file.order.createdAt, clock)
  return expectInTime({ ...making, from: Math.max(making.from, created) }, file.hold.expiresAt, story)
}

function cancellationOf(story: Story): Span {
  const shownBy: readonly Fact[] = ["cancelled", "paid_late"]
  const cancellation = stepOf(story, { asked: "cancel", shownBy, notYet: ["pending"] })
  return expectInTime(cancellation, story.file.order?.expiresAt ?? Infinity, story)
}

function paymentOf(story: Story): Span {
  const payment = stepOf(story, { asked: "pay", shownBy: ["paid", "paid_somehow"], notYet: ["pending"] })
  return expectInTime(payment, story.file.order?.expiresAt ?? Infinity, story)
}

/** Money that came after the end: seen, or perhaps there when nobody knows what became of it. */
function latePaymentOf(story: Story): Step[] {
  const notYet: readonly Fact[] = ["pending", "cancelled", "order_expired"]
  if (story.told("paid_late", "paid_somehow").length > 0) {
    const shownBy: readonly Fact[] = ["paid_late", "paid_somehow"]
    return [move("sell_late", stepOf(story, { asked: "pay", shownBy, notYet }))]
  }
  const span = perhaps(story, { asked: "pay", notYet })
  return span === null ? [] : [{ ...move("sell_late", span), must: false, hint: Infinity }]
}

function lapseOfOrder(story: Story): Step[] {
  const [from, until] = orderDeadline(story)
  const lapse = { from, until: until + story.bounds.lapseMs, calls: story.told("ordered") }
  const swept = story.told("order_swept", "paid_late", "paid_somehow")
  return [{ ...move("lapse", lapse), hint: from }, sweepOf(from, swept)]
}

function orderDeadline(story: Story): [Moment, Moment] {
  const { file, clock, product } = story
  if (file.order !== null) return onRecorderClock(file.order.expiresAt, clock)
  const { from, until } = makingOf(story)
  return [from + product.paymentTtlMs, until + product.paymentTtlMs]
}

/**
 * Nobody has seen the order's end, or only that it is paid: time ended it, unless a call without an
 * answer has.
 */
function undecidedOrder(story: Story, until: readonly Step[]): Draft[] {
  const paid = story.told("paid_somehow", "paid_late")
  const isLate = story.told("paid_late").length > 0
  const [, latest] = orderDeadline(story)
  const late = latePaymentOf(story)
  const byTime = possibleSteps(null, [...until, ...lapseOfOrder(story), ...late])
  const isOver = inOrderIfPossible(byTime.map(({ span }) => span)) !== null
  const drafts = chain(story, isOver ? byTime : until)
  const cancelled = perhaps(story, { asked: "cancel", notYet: ["pending"], latest })
  const paidInTime = isLate ? null : perhaps(story, { asked: "pay", notYet: ["pending"], latest })
  const rivals = [
    cancelled === null ? [] : [mayBe("return", cancelled), ...late],
    paidInTime === null
      ? []
      : [mayBe("sell", { ...paidInTime, until: Math.min(paidInTime.until, firstEnd(paid)) })],
  ]
  if (isOver) return withRivals(drafts, story, rivals)
  const [grant] = drafts
  const possible = rivals.filter((steps) => grant !== undefined && fitsAfter(grant, steps))
  const last = possible.reduce((last, steps) => Math.max(last, untilOf(steps)), -Infinity)
  if (possible.length === 0) throw new Contradiction("nobody asked to pay", paid)
  // One of them has happened: by the time the last one could have, if not before.
  const owed = (steps: readonly Step[]): readonly Step[] =>
    untilOf(steps) < last ? steps : steps.map((step, index) => (index > 0 ? step : mustBe(step)))
  return withRivals(drafts, story, possible.map(owed))
}

function mustBe(step: Step): Step {
  return { ...step, must: true }
}

function untilOf([first]: readonly Step[]): Moment {
  return first?.span.until ?? -Infinity
}

function fitsAfter(before: Span, steps: readonly Step[]): boolean {
  const possible = possibleSteps(before, steps).map(({ span }) => span)
  return steps.length > 0 && inOrderIfPossible([before, ...possible]) !== null
}

/** Nobody has seen the hold's end. */
function undecidedHold(story: Story): Draft[] {
  const { file, clock, product, bounds } = story
  const [, latest] = onRecorderClock(file.hold.expiresAt, clock)
  const released = perhaps(story, { asked: "release", notYet: ["active"], latest })
  const ordered = perhaps(story, { asked: "order", notYet: ["active"], latest })
  return withRivals(chain(story, [grantOf(story), ...lapseOfHold(story)]), story, [
    released === null ? [] : [mayBe("return", released)],
    ordered === null ? [] : [mayBe("keep", ordered), ...lapseOfUnseenOrder(ordered)],
  ])

  function lapseOfUnseenOrder({ from, until, calls }: Span): Step[] {
    const over = {
      from: from + product.paymentTtlMs,
      until: until + product.paymentTtlMs + bounds.lapseMs,
      calls,
    }
    return [{ ...move("lapse", over), hint: Infinity }, sweepOf(over.from, [])]
  }
}

function mayBe(kind: ActKind, span: Span): Step {
  return { kind, span, must: false, hint: Infinity }
}

/** Adds what may have happened after the grant instead of the lapse, with what would follow from it. */
function withRivals(
  drafts: readonly Draft[],
  { file }: Story,
  rivals: readonly (readonly Step[])[],
): Draft[] {
  const [grant] = drafts
  if (grant === undefined) return []
  const rivalry = {}
  const all = relinked(drafts, rivalry)
  for (const rival of rivals) {
    const steps = possibleSteps(grant, rival)
    if (!fitsAfter(grant, steps)) continue
    const spans = inOrder([grant, ...steps.map(({ span }) => span)])
    let after = all[0] ?? null
    for (const [index, step] of steps.entries()) {
      const span = spans[index + 1] ?? step.span
      after = { ...draft({ ...step, span }, file.hold.qty, after), rivalry: index === 0 ? rivalry : null }
      all.push(after)
    }
  }
  return all
}

/** The same drafts, with the lapse in the rivalry. */
function relinked(drafts: readonly Draft[], rivalry: object): Draft[] {
  const changed: Draft[] = []
  for (const one of drafts) {
    changed.push({ ...one, after: changed.at(-1) ?? null, rivalry: one.kind === "lapse" ? rivalry : null })
  }
  return changed
}

interface Cause {
  readonly asked: Call["asked"]["what"]
  readonly notYet: readonly Fact[]
}

/** The span of a step that was seen: somebody asked for it, and it was shown. */
function stepOf(story: Story, cause: Cause & { readonly shownBy: readonly Fact[] }): Span {
  const shown = story.told(...cause.shownBy)
  const span = spanOf(story, cause)
  if (span === null) throw new Contradiction(`nobody asked to ${cause.asked}`, shown)
  return { ...span, until: Math.min(span.until, firstEnd(shown)), calls: [...span.calls, ...shown] }
}

/** The span of a step that nobody has seen; null: it cannot have happened. */
function perhaps(story: Story, cause: Cause & { readonly latest?: Moment }): Span | null {
  const span = spanOf(story, cause)
  if (span === null || span.from > Math.min(span.until, cause.latest ?? Infinity)) return null
  const until = (cause.latest ?? Infinity) + story.bounds.lapseMs
  return { ...span, until: Math.min(span.until, until) }
}

function spanOf({ file, told }: Story, { asked, notYet }: Cause): Span | null {
  const possible = file.calls.filter((call) => call.asked.what === asked && mayHaveDoneIt(call))
  const certain = possible.filter(hasDoneIt)
  const calls = certain.length > 0 ? certain : possible
  if (calls.length === 0) return null
  return { from: Math.max(firstStart(calls), lastStart(told(...notYet))), until: lastEnd(calls), calls }
}

function mayHaveDoneIt({ answer }: Call): boolean {
  return answer.is === "payment" ? answer.outcome === "paid" : answer.is !== "refused"
}

/** Nobody else has: of a repetition the answer would say so. */
function hasDoneIt({ answer }: Call): boolean {
  return answer.is === "order" ? answer.created : answer.is === "payment" && !answer.duplicate
}

function expectInTime(step: Span, deadline: Moment, { clock }: Story): Span {
  const [, latest] = onRecorderClock(deadline, clock)
  if (step.from > latest) throw new Contradiction("it was done after the time was over", step.calls)
  return step
}
