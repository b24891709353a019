import {
  promisedBounds,
  type Answer,
  type Asked,
  type Call,
  type History,
  type Moment,
} from "./checker/calls.ts"
import { clockOffset, type ClockOffset } from "./checker/clock.ts"
import { Contradiction } from "./checker/contradiction.ts"
import { countsOf, deadlineOf, emptySale, lapse, lapsedUnits, sweep, tell, type Model } from "./sale-model.ts"
import { AHEAD_MS, HOLD_TTL_MS } from "./written.ts"

/**
 * Whether any order explains a small history, by trying every one: each call, and each hold's end by
 * time, at any place that its span allows. Slow, and without a thought that it shares with the check.
 */
export function canBeExplained(history: History): boolean {
  const [product] = history.products
  if (product === undefined) return true
  const clock = clockOf(history)
  if (clock === null || history.calls.some((call) => isAboutNothing(call, history))) return false
  const open = history.calls.map((call): Item => ({ call, ...spanOfCall(call, clock) }))
  return isPossible(emptySale(product.stock), -Infinity, open, { history, clock, tried: new Set() })
}

function clockOf({ calls }: History): ClockOffset | null {
  try {
    return clockOffset(calls)
  } catch (error) {
    if (error instanceof Contradiction) return null
    throw error
  }
}

/** A hold or order that nobody was given cannot be asked for. */
function isAboutNothing({ asked }: Call, { calls }: History): boolean {
  if ("orderId" in asked)
    return !calls.some((call) => "holdId" in call.asked && givesOrder(call, asked.orderId))
  if (!("holdId" in asked)) return false
  return !calls.some(
    (call) => call.asked.what === "hold" && call.answer.is === "hold" && call.answer.hold.id === asked.holdId,
  )
}

function givesOrder({ answer }: Call, orderId: number): boolean {
  if (answer.is === "order") return answer.order.id === orderId
  return answer.is === "refused" && answer.orderId === orderId
}

interface Item {
  readonly call: Call
  readonly from: Moment
  readonly until: Moment
}

interface Trial {
  readonly history: History
  readonly clock: ClockOffset
  readonly tried: Set<string>
}

function spanOfCall({ asked, answer, startedAt, endedAt }: Call, { most }: ClockOffset) {
  const { readMs, refusalMs } = promisedBounds
  const isRemembered = asked.what === "hold" && asked.key === null && answer.is === "refused"
  const lag = asked.what === "look_at_product" ? readMs : isRemembered ? refusalMs : 0
  const isNew = (answer.is === "hold" && asked.what === "hold") || (answer.is === "order" && answer.created)
  const created = isNew ? (momentIn(answer) ?? -Infinity) - most : -Infinity
  return { from: Math.max(startedAt - lag, created), until: endedAt }
}

function isPossible(model: Model, now: Moment, open: readonly Item[], trial: Trial): boolean {
  if (open.some((item) => item.until < now && item.call.answer.is !== "unknown")) return false
  if (overdue(model, now, trial)) return false
  if (open.every(({ call }) => call.answer.is === "unknown")) return true
  const key = `${now} ${open.map(({ call }) => call.number).join()} ${JSON.stringify([...model.holds.values()])} ${model.stock}`
  if (trial.tried.has(key)) return false
  trial.tried.add(key)
  const called = open.some((item) => {
    const at = Math.max(now, item.from)
    if (at > item.until) return false
    const rest = open.filter((other) => other !== item)
    return after(model, item.call, trial).some((next) => isPossible(next, at, rest, trial))
  })
  return called || timeGoesOn(model, now, open, trial)
}

/** A hold's or order's time is over, or its units come back. */
function timeGoesOn(model: Model, now: Moment, open: readonly Item[], trial: Trial): boolean {
  return [...model.holds].some(([holdId, hold]) => {
    if (hold.lapsed) return isPossible(sweep(model, holdId), now, open, trial)
    const span = lapseSpan(model, holdId, trial)
    if (span === null) return false
    const at = Math.max(now, span.from)
    return at <= span.until && isPossible(lapse(model, holdId), at, open, trial)
  })
}

/** Null: it holds nothing, or was ended in time by a call that was answered so. */
function lapseSpan(model: Model, holdId: number, { history, clock }: Trial) {
  const hold = model.holds.get(holdId)
  const deadline = hold === undefined ? null : deadlineOf(hold)
  if (hold === undefined || deadline === null || hold.lapsed) return null
  const orderId = hold.order?.id
  const isEnded = history.calls.some(({ asked, answer }) =>
    hold.order === null
      ? "holdId" in asked && asked.holdId === holdId && asked.what !== "look_at_hold" && isSuccess(answer)
      : "orderId" in asked &&
        asked.orderId === orderId &&
        asked.what !== "look_at_order" &&
        isSuccess(answer),
  )
  if (isEnded) return null
  const { lapseMs } = promisedBounds
  // Of a hold that nobody was told of, only the request is known.
  const unseen = history.calls.find(({ number }) => number === holdId - 1)
  if (hold.order === null && unseen?.answer.is === "unknown" && hold.seen.createdAt < 0) {
    return { from: unseen.startedAt + HOLD_TTL_MS, until: unseen.endedAt + HOLD_TTL_MS + lapseMs }
  }
  return { from: deadline - clock.most, until: deadline - clock.least + lapseMs }
}

function isSuccess(answer: Answer): boolean {
  if (answer.is === "payment") return answer.outcome === "paid" && !answer.late
  return answer.is === "hold" || answer.is === "order"
}

function overdue(model: Model, now: Moment, trial: Trial): boolean {
  return [...model.holds.keys()].some((holdId) => (lapseSpan(model, holdId, trial)?.until ?? Infinity) < now)
}

/** How the product may stand after the call; none: it would have been answered otherwise. */
function after(before: Model, call: Call, trial: Trial): Model[] {
  const { asked, answer, startedAt, endedAt } = call
  const { clock } = trial
  const model = withLapsed(before, call, trial)
  if (model === null) return []
  const special = byPredicate(model, call)
  if (special !== null) return special ? [model] : []
  const soon = startedAt + clock.least - 1e-6
  const moments =
    asked.what === "hold" || asked.what === "order" ? [creation(call, trial)] : [soon, endedAt + clock.most]
  for (const now of moments) {
    const told = tell(model, { asked, now, ...idsOf(call, trial) })
    if (answer.is === "unknown" || isSame(told.answer, answer)) return [told.model]
  }
  return []
}

/** Who asks after the time was over finds it over. Null: there is no such hold or order. */
function withLapsed(model: Model, { asked, startedAt }: Call, { clock }: Trial): Model | null {
  if (!("holdId" in asked) && !("orderId" in asked)) return model
  const found = [...model.holds.values()].find(({ seen, order }) =>
    "holdId" in asked ? seen.id === asked.holdId : order?.id === asked.orderId,
  )
  if (found === undefined) return null
  const deadline = deadlineOf(found)
  const isLate = deadline !== null && !found.lapsed && startedAt + clock.least > deadline
  return isLate && !asked.what.startsWith("look") ? lapse(model, found.seen.id) : model
}

/** What the check asks of these answers, and no more. Null: the model decides. */
function byPredicate(model: Model, { asked, answer }: Call): boolean | null {
  if (answer.is === "payment" && answer.outcome === "refund_due" && asked.what === "pay") {
    return [...model.holds.values()].some(
      ({ order }) => order?.id === asked.orderId && order.status === answer.orderStatus,
    )
  }
  if (answer.is !== "refused") return null
  const { available, held, sold } = countsOf(model)
  if (asked.what === "set_stock") {
    return answer.code === "stock_changed" ? model.stock !== asked.expected : held + sold > asked.stock
  }
  if (asked.what !== "hold") return null
  const free = available + lapsedUnits(model)
  const isKnown = asked.key !== null && model.holdByKey.has(asked.key)
  return !isKnown && free < asked.qty && free === answer.available
}

/** When a hold or order was made, as anyone was told; else a moment by which nobody else's can be mistaken for it. */
function creation(call: Call, { history, clock }: Trial): Moment {
  const { asked, number } = call
  const told = history.calls.flatMap(({ asked: other, answer }) => {
    const isIt =
      asked.what === "hold"
        ? other.what === "hold" &&
          answer.is === "hold" &&
          isSameWish(asked.key, other.key, answer.hold.id - 1 === number)
        : answer.is === "order" && "holdId" in asked && answer.order.holdId === asked.holdId
    return isIt ? [momentIn(answer) ?? 0] : []
  })
  const own = momentIn(call.answer)
  const isUnseenHold = asked.what === "hold" && told.length === 0
  return own ?? told[0] ?? (isUnseenHold ? -AHEAD_MS + number : call.startedAt + clock.least)
}

function isSameWish(key: string | null, other: string | null, isOwn: boolean): boolean {
  return key === null ? isOwn : key === other
}

function idsOf({ asked, answer, number }: Call, { history: { calls } }: Trial) {
  const again = calls.find(
    (call) =>
      asked.what === "hold" &&
      asked.key !== null &&
      call.asked.what === "hold" &&
      call.asked.key === asked.key &&
      call.answer.is === "hold",
  )
  const seen = answer.is === "hold" ? answer : again?.answer
  return {
    holdId: seen?.is === "hold" ? seen.hold.id : 1 + number,
    orderId: answer.is === "order" ? answer.order.id : (orderTold(asked, calls) ?? 10_001 + number),
  }
}

/** The order that the hold became, as anyone was told. */
function orderTold(asked: Asked, calls: readonly Call[]): number | undefined {
  for (const call of calls) {
    const isAboutIt = "holdId" in asked && "holdId" in call.asked && call.asked.holdId === asked.holdId
    if (isAboutIt && call.answer.is === "order") return call.answer.order.id
    if (isAboutIt && call.answer.is === "refused" && call.answer.orderId !== undefined)
      return call.answer.orderId
  }
  return undefined
}

function momentIn(answer: Answer): Moment | null {
  if (answer.is === "hold") return answer.hold.createdAt
  return answer.is === "order" ? answer.order.createdAt : null
}

function isSame(one: Answer, another: Answer): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(another))
}

function sorted(value: object): unknown[] {
  return Object.entries(value)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, inner]) => [name, typeof inner === "object" && inner !== null ? sorted(inner) : inner])
}
