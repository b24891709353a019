import {
  allowedLags,
  type Response,
  type Invocation,
  type Operation,
  type History,
  type Moment,
} from "./checker/operations.ts"
import { clockOffset, type ClockOffset } from "./checker/clock.ts"
import { Contradiction } from "./checker/contradiction.ts"
import {
  countsOf,
  deadlineOf,
  emptySale,
  lapse,
  lapsedUnits,
  sweep,
  respond,
  type Model,
} from "./sale-model.ts"
import { AHEAD_MS, HOLD_TTL_MS } from "./handwritten.ts"

/**
 * Whether any order explains a small history, by trying every order: each operation, and each expiry of a hold or
 * order, at any position that its interval allows. Slow, and shares only the clock's offset with the check.
 */
export function canBeExplained(history: History): boolean {
  const [product] = history.products
  if (product === undefined) return true
  const clock = clockOf(history)
  if (clock === null || history.operations.some((operation) => hasUnknownObject(operation, history)))
    return false
  const open = history.operations.map((operation): Item => ({
    operation,
    ...intervalOfOperation(operation, clock),
  }))
  return isPossible(emptySale(product.stock), -Infinity, open, { history, clock, tried: new Set() })
}

function clockOf({ operations }: History): ClockOffset | null {
  try {
    return clockOffset(operations)
  } catch (error) {
    if (error instanceof Contradiction) return null
    throw error
  }
}

/** Whether the operation is about a hold or order that no response has named. */
function hasUnknownObject({ invocation }: Operation, { operations }: History): boolean {
  if ("orderId" in invocation)
    return !operations.some(
      (operation) => "holdId" in operation.invocation && givesOrder(operation, invocation.orderId),
    )
  if (!("holdId" in invocation)) return false
  return !operations.some(
    (operation) =>
      operation.invocation.kind === "hold" &&
      operation.response.kind === "hold" &&
      operation.response.hold.id === invocation.holdId,
  )
}

function givesOrder({ response }: Operation, orderId: number): boolean {
  if (response.kind === "order") return response.order.id === orderId
  return response.kind === "refused" && response.orderId === orderId
}

interface Item {
  readonly operation: Operation
  readonly from: Moment
  readonly until: Moment
}

interface Trial {
  readonly history: History
  readonly clock: ClockOffset
  readonly tried: Set<string>
}

function intervalOfOperation({ invocation, response, startedAt, endedAt }: Operation, { most }: ClockOffset) {
  const { readMs, refusalMs } = allowedLags
  const isRemembered = invocation.kind === "hold" && invocation.key === null && response.kind === "refused"
  const lag = invocation.kind === "read_product" ? readMs : isRemembered ? refusalMs : 0
  const isNew =
    (response.kind === "hold" && invocation.kind === "hold") ||
    (response.kind === "order" && response.created)
  const created = isNew ? (momentIn(response) ?? -Infinity) - most : -Infinity
  return { from: Math.max(startedAt - lag, created), until: endedAt }
}

function isPossible(model: Model, now: Moment, open: readonly Item[], trial: Trial): boolean {
  if (open.some((item) => item.until < now && item.operation.response.kind !== "unknown")) return false
  if (overdue(model, now, trial)) return false
  if (open.every(({ operation }) => operation.response.kind === "unknown")) return true
  const key = `${now} ${open.map(({ operation }) => operation.number).join()} ${JSON.stringify([...model.holds.values()])} ${model.stock}`
  if (trial.tried.has(key)) return false
  trial.tried.add(key)
  const called = open.some((item) => {
    const at = Math.max(now, item.from)
    if (at > item.until) return false
    const rest = open.filter((other) => other !== item)
    return after(model, item.operation, trial).some((next) => isPossible(next, at, rest, trial))
  })
  return called || expiryIsPossible(model, now, open, trial)
}

/** Tries an expiry of a hold or order, or the sweep of one, as the next event. */
function expiryIsPossible(model: Model, now: Moment, open: readonly Item[], trial: Trial): boolean {
  return [...model.holds].some(([holdId, hold]) => {
    if (hold.lapsed) return isPossible(sweep(model, holdId), now, open, trial)
    const interval = lapseInterval(model, holdId, trial)
    if (interval === null) return false
    const at = Math.max(now, interval.from)
    return at <= interval.until && isPossible(lapse(model, holdId), at, open, trial)
  })
}

/** When the hold can lapse; null if it holds nothing or a successful operation ended it in time. */
function lapseInterval(model: Model, holdId: number, { history, clock }: Trial) {
  const hold = model.holds.get(holdId)
  const deadline = hold === undefined ? null : deadlineOf(hold)
  if (hold === undefined || deadline === null || hold.lapsed) return null
  const orderId = hold.order?.id
  const isEnded = history.operations.some(({ invocation, response }) =>
    hold.order === null
      ? "holdId" in invocation &&
        invocation.holdId === holdId &&
        invocation.kind !== "read_hold" &&
        isSuccess(response)
      : "orderId" in invocation &&
        invocation.orderId === orderId &&
        invocation.kind !== "read_order" &&
        isSuccess(response),
  )
  if (isEnded) return null
  const { lapseMs } = allowedLags
  // Of a hold that no response shows, only the request's interval is known.
  const unseen = history.operations.find(({ number }) => number === holdId - 1)
  if (hold.order === null && unseen?.response.kind === "unknown" && hold.seen.createdAt < 0) {
    return { from: unseen.startedAt + HOLD_TTL_MS, until: unseen.endedAt + HOLD_TTL_MS + lapseMs }
  }
  return { from: deadline - clock.most, until: deadline - clock.least + lapseMs }
}

function isSuccess(response: Response): boolean {
  if (response.kind === "payment") return response.outcome === "paid" && !response.late
  return response.kind === "hold" || response.kind === "order"
}

function overdue(model: Model, now: Moment, trial: Trial): boolean {
  return [...model.holds.keys()].some(
    (holdId) => (lapseInterval(model, holdId, trial)?.until ?? Infinity) < now,
  )
}

/** The model after the operation; none if the model would have given another response. */
function after(before: Model, operation: Operation, trial: Trial): Model[] {
  const { invocation, response, startedAt, endedAt } = operation
  const { clock } = trial
  const model = withLapsed(before, operation, trial)
  if (model === null) return []
  const special = byPredicate(model, operation)
  if (special !== null) return special ? [model] : []
  const soon = startedAt + clock.least - 1e-6
  const moments =
    invocation.kind === "hold" || invocation.kind === "order"
      ? [creation(operation, trial)]
      : [soon, endedAt + clock.most]
  for (const now of moments) {
    const step = respond(model, { invocation, now, ...idsOf(operation, trial) })
    if (response.kind === "unknown" || isSame(step.response, response)) return [step.model]
  }
  return []
}

/** Lapses the hold or order if the operation began after its deadline. Null if there is no such hold or order. */
function withLapsed(model: Model, { invocation, startedAt }: Operation, { clock }: Trial): Model | null {
  if (!("holdId" in invocation) && !("orderId" in invocation)) return model
  const found = [...model.holds.values()].find(({ seen, order }) =>
    "holdId" in invocation ? seen.id === invocation.holdId : order?.id === invocation.orderId,
  )
  if (found === undefined) return null
  const deadline = deadlineOf(found)
  const isLate = deadline !== null && !found.lapsed && startedAt + clock.least > deadline
  return isLate && !invocation.kind.startsWith("read") ? lapse(model, found.seen.id) : model
}

/** Judges the responses of which the check requires only a condition on the counts. Null: the model decides. */
function byPredicate(model: Model, { invocation, response }: Operation): boolean | null {
  if (response.kind === "payment" && response.outcome === "refund_due" && invocation.kind === "pay") {
    return [...model.holds.values()].some(
      ({ order }) => order?.id === invocation.orderId && order.status === response.orderStatus,
    )
  }
  if (response.kind !== "refused") return null
  const { available, held, sold } = countsOf(model)
  if (invocation.kind === "set_stock") {
    return response.code === "stock_changed"
      ? model.stock !== invocation.expected
      : held + sold > invocation.stock
  }
  if (invocation.kind !== "hold") return null
  const free = available + lapsedUnits(model)
  const isKnown = invocation.key !== null && model.holdByKey.has(invocation.key)
  return !isKnown && free < invocation.qty && free === response.available
}

/** When a hold or order was created, by any response that shows it; otherwise a moment that no other one has. */
function creation(operation: Operation, { history, clock }: Trial): Moment {
  const { invocation, number } = operation
  const step = history.operations.flatMap(({ invocation: other, response }) => {
    const isIt =
      invocation.kind === "hold"
        ? other.kind === "hold" &&
          response.kind === "hold" &&
          isSameRequest(invocation.key, other.key, response.hold.id - 1 === number)
        : response.kind === "order" && "holdId" in invocation && response.order.holdId === invocation.holdId
    return isIt ? [momentIn(response) ?? 0] : []
  })
  const own = momentIn(operation.response)
  const isUnseenHold = invocation.kind === "hold" && step.length === 0
  return own ?? step[0] ?? (isUnseenHold ? -AHEAD_MS + number : operation.startedAt + clock.least)
}

function isSameRequest(key: string | null, other: string | null, isOwn: boolean): boolean {
  return key === null ? isOwn : key === other
}

function idsOf({ invocation, response, number }: Operation, { history: { operations } }: Trial) {
  const again = operations.find(
    (operation) =>
      invocation.kind === "hold" &&
      invocation.key !== null &&
      operation.invocation.kind === "hold" &&
      operation.invocation.key === invocation.key &&
      operation.response.kind === "hold",
  )
  const seen = response.kind === "hold" ? response : again?.response
  return {
    holdId: seen?.kind === "hold" ? seen.hold.id : 1 + number,
    orderId:
      response.kind === "order"
        ? response.order.id
        : (orderNamedIn(invocation, operations) ?? 10_001 + number),
  }
}

/** The order made from the hold, by any response that names it. */
function orderNamedIn(invocation: Invocation, operations: readonly Operation[]): number | undefined {
  for (const operation of operations) {
    const isAboutIt =
      "holdId" in invocation &&
      "holdId" in operation.invocation &&
      operation.invocation.holdId === invocation.holdId
    if (isAboutIt && operation.response.kind === "order") return operation.response.order.id
    if (isAboutIt && operation.response.kind === "refused" && operation.response.orderId !== undefined)
      return operation.response.orderId
  }
  return undefined
}

function momentIn(response: Response): Moment | null {
  if (response.kind === "hold") return response.hold.createdAt
  return response.kind === "order" ? response.order.createdAt : null
}

function isSame(one: Response, another: Response): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(another))
}

function sorted(value: object): unknown[] {
  return Object.entries(value)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, inner]) => [name, typeof inner === "object" && inner !== null ? sorted(inner) : inner])
}
