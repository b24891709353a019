import fc from "fast-check"
import {
  allowedLags,
  type Response,
  type Invocation,
  type Operation,
  type History,
  type Moment,
} from "./checker/operations.ts"
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
import { AHEAD_MS, HOLD_TTL_MS, PAYMENT_TTL_MS } from "./handwritten.ts"

/** One step of a generated sale: an operation, its object, and how its interval lies around its moment. */
export interface Step {
  readonly kind: Invocation["kind"] | "sweep"
  /** A number that selects a hold, order, key or quantity. */
  readonly pick: number
  /** Milliseconds since the step before. */
  readonly gapMs: number
  readonly askedBeforeMs: number
  readonly answeredAfterMs: number
  /** The age of a cached response, as a share (0 to 1) of the allowed lag. */
  readonly staleness: number
  /** `answer`: the response is lost; `never`: the operation does not take effect either. */
  readonly lost: "no" | "answer" | "never"
}

const kinds = [
  "hold",
  "hold",
  "hold",
  "release",
  "order",
  "cancel",
  "pay",
  "pay",
  "read_product",
  "read_hold",
  "read_order",
  "set_stock",
  "sweep",
] as const

/** Generates steps that overlap much, with pauses in which holds expire. */
export const someStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  pick: fc.nat(1_000),
  gapMs: fc.oneof({ weight: 6, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(1_500) }),
  askedBeforeMs: fc.nat(40),
  answeredAfterMs: fc.nat(40),
  staleness: fc.double({ min: 0, max: 1, noNaN: true }),
  lost: fc.constantFrom("no", "no", "no", "no", "no", "answer", "never"),
})

/** Runs the model step by step and records a history of overlapping operations. Every response in it is correct. */
export function historyOf(stock: number, steps: readonly Step[]): History {
  let model = emptySale(stock)
  let now = 0
  const operations: Operation[] = []
  for (const step of steps) {
    now += step.gapMs
    model = lapseDue(model, now)
    if (step.kind === "sweep") model = sweepOne(model, step.pick)
    const invocation = invocationOf(step, model, operations)
    if (invocation === null) continue
    const ids = { holdId: 1 + operations.length, orderId: 10_001 + operations.length }
    const modelStep = respond(model, { invocation, now: AHEAD_MS + now, ...ids })
    const number = operations.length
    if (step.lost === "no") {
      operations.push({
        number,
        ...intervalOf(step, now, lag(invocation, modelStep.response)),
        invocation,
        response: modelStep.response,
      })
    } else {
      const startedAt = now - step.askedBeforeMs
      operations.push({ number, startedAt, endedAt: Infinity, invocation, response: { kind: "unknown" } })
    }
    if (step.lost !== "never") model = modelStep.model
  }
  return {
    products: [{ id: 1, stock, holdTtlMs: HOLD_TTL_MS, paymentTtlMs: PAYMENT_TTL_MS }],
    operations,
  }
}

/** The interval of an operation. A cached response may describe the state before its begin, by at most the lag. */
function intervalOf({ askedBeforeMs, answeredAfterMs, staleness }: Step, now: Moment, lagMs: number) {
  const startedAt = now - askedBeforeMs + Math.floor(lagMs > 0 ? staleness * (lagMs + askedBeforeMs) : 0)
  return { startedAt, endedAt: Math.max(startedAt, now) + answeredAfterMs }
}

function lag(invocation: Invocation, response: Response): number {
  if (invocation.kind === "read_product") return allowedLags.readMs
  return invocation.kind === "hold" && invocation.key === null && response.kind === "refused"
    ? allowedLags.refusalMs
    : 0
}

function lapseDue(model: Model, now: Moment): Model {
  let after = model
  for (const [holdId, hold] of model.holds) {
    const deadline = deadlineOf(hold)
    if (deadline !== null && deadline <= AHEAD_MS + now && !hold.lapsed) after = lapse(after, holdId)
  }
  return after
}

function sweepOne(model: Model, pick: number): Model {
  const lapsed = [...model.holds].filter(([, hold]) => hold.lapsed)
  const one = lapsed[pick % Math.max(1, lapsed.length)]
  return one === undefined || lapsedUnits(model) === 0 ? model : sweep(model, one[0])
}

/** The operation of a step; null if no earlier response has named a hold or order that it could be about. */
function invocationOf(
  { kind, pick }: Step,
  model: Model,
  operations: readonly Operation[],
): Invocation | null {
  if (kind === "sweep") return null
  if (kind === "read_product") return { kind, productId: 1 }
  if (kind === "set_stock") {
    const { held, sold } = countsOf(model)
    const expected = pick % 5 === 0 ? model.stock + 1 : model.stock
    return { kind, productId: 1, stock: Math.max(0, held + sold + (pick % 7) - 1), expected }
  }
  if (kind === "hold") {
    const qty = 1 + (pick % 2)
    return { kind, productId: 1, qty, key: pick % 3 === 0 ? `key-${pick % 4}-${qty}` : null }
  }
  if (kind === "release" || kind === "read_hold" || kind === "order") {
    const holdId = oneOf(operations.flatMap(holdGiven), pick)
    return holdId === undefined ? null : { kind, holdId }
  }
  const orderId = oneOf(operations.flatMap(orderGiven), pick)
  if (orderId === undefined) return null
  return kind === "pay" ? { kind, orderId, key: `event-${orderId}-${pick % 2}` } : { kind, orderId }
}

function oneOf(ids: readonly number[], pick: number): number | undefined {
  return ids.at(-1 - (pick % Math.max(1, Math.min(RECENT_IDS, ids.length))))
}

/** The number of most recent ids to choose from: older holds and orders have ended. */
const RECENT_IDS = 12

function holdGiven({ invocation, response }: Operation): number[] {
  return invocation.kind === "hold" && response.kind === "hold" ? [response.hold.id] : []
}

function orderGiven({ response }: Operation): number[] {
  if (response.kind === "order") return [response.order.id]
  return response.kind === "refused" && response.orderId !== undefined ? [response.orderId] : []
}
