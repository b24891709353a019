import fc from "fast-check"
import {
  promisedBounds,
  type Answer,
  type Asked,
  type Call,
  type History,
  type Moment,
} from "./checker/calls.ts"
import { countsOf, deadlineOf, emptySale, lapse, lapsedUnits, sweep, tell, type Model } from "./sale-model.ts"
import { AHEAD_MS, HOLD_TTL_MS, PAYMENT_TTL_MS } from "./written.ts"

/** One step of a sale that is made up: what is asked, of what, and how its call lies around it. */
export interface Step {
  readonly what: Asked["what"] | "sweep"
  /** Picks a hold, order, key or quantity. */
  readonly pick: number
  /** Since the step before. */
  readonly gapMs: number
  readonly askedBeforeMs: number
  readonly answeredAfterMs: number
  /** How old what is remembered is by then: a share of what is allowed. */
  readonly staleness: number
  /** No answer comes; of "never" nothing happens either. */
  readonly lost: "no" | "answer" | "never"
}

const whats = [
  "hold",
  "hold",
  "hold",
  "release",
  "order",
  "cancel",
  "pay",
  "pay",
  "look_at_product",
  "look_at_hold",
  "look_at_order",
  "set_stock",
  "sweep",
] as const

/** Steps of sales with much at the same time, and holds that end in between. */
export const someStep: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...whats),
  pick: fc.nat(1_000),
  gapMs: fc.oneof({ weight: 6, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(1_500) }),
  askedBeforeMs: fc.nat(40),
  answeredAfterMs: fc.nat(40),
  staleness: fc.double({ min: 0, max: 1, noNaN: true }),
  lost: fc.constantFrom("no", "no", "no", "no", "no", "answer", "never"),
})

/** Lets a sale happen step by step, and tells it as calls that overlap. Everything in it is true. */
export function historyOf(stock: number, steps: readonly Step[]): History {
  let model = emptySale(stock)
  let now = 0
  const calls: Call[] = []
  for (const step of steps) {
    now += step.gapMs
    model = lapseDue(model, now)
    if (step.what === "sweep") model = sweepOne(model, step.pick)
    const asked = questionOf(step, model, calls)
    if (asked === null) continue
    const ids = { holdId: 1 + calls.length, orderId: 10_001 + calls.length }
    const told = tell(model, { asked, now: AHEAD_MS + now, ...ids })
    const number = calls.length
    if (step.lost === "no") {
      calls.push({ number, ...spanOf(step, now, lag(asked, told.answer)), asked, answer: told.answer })
    } else {
      const startedAt = now - step.askedBeforeMs
      calls.push({ number, startedAt, endedAt: Infinity, asked, answer: { is: "unknown" } })
    }
    if (step.lost !== "never") model = told.model
  }
  return {
    products: [{ id: 1, stock, holdTtlMs: HOLD_TTL_MS, paymentTtlMs: PAYMENT_TTL_MS }],
    calls,
  }
}

/** What an answer from memory tells may have been true some time before the question. */
function spanOf({ askedBeforeMs, answeredAfterMs, staleness }: Step, now: Moment, lagMs: number) {
  const startedAt = now - askedBeforeMs + Math.floor(lagMs > 0 ? staleness * (lagMs + askedBeforeMs) : 0)
  return { startedAt, endedAt: Math.max(startedAt, now) + answeredAfterMs }
}

function lag(asked: Asked, answer: Answer): number {
  if (asked.what === "look_at_product") return promisedBounds.readMs
  return asked.what === "hold" && asked.key === null && answer.is === "refused" ? promisedBounds.refusalMs : 0
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

/** Null: there is nothing of which to ask. Nobody asks for what nobody was told of. */
function questionOf({ what, pick }: Step, model: Model, calls: readonly Call[]): Asked | null {
  if (what === "sweep") return null
  if (what === "look_at_product") return { what, productId: 1 }
  if (what === "set_stock") {
    const { held, sold } = countsOf(model)
    const expected = pick % 5 === 0 ? model.stock + 1 : model.stock
    return { what, productId: 1, stock: Math.max(0, held + sold + (pick % 7) - 1), expected }
  }
  if (what === "hold") {
    const qty = 1 + (pick % 2)
    return { what, productId: 1, qty, key: pick % 3 === 0 ? `key-${pick % 4}-${qty}` : null }
  }
  if (what === "release" || what === "look_at_hold" || what === "order") {
    const holdId = oneOf(calls.flatMap(holdGiven), pick)
    return holdId === undefined ? null : { what, holdId }
  }
  const orderId = oneOf(calls.flatMap(orderGiven), pick)
  if (orderId === undefined) return null
  return what === "pay" ? { what, orderId, key: `event-${orderId}-${pick % 2}` } : { what, orderId }
}

function oneOf(ids: readonly number[], pick: number): number | undefined {
  return ids.at(-1 - (pick % Math.max(1, Math.min(LATELY, ids.length))))
}

/** Those that were told of long ago have ended. */
const LATELY = 12

function holdGiven({ asked, answer }: Call): number[] {
  return asked.what === "hold" && answer.is === "hold" ? [answer.hold.id] : []
}

function orderGiven({ answer }: Call): number[] {
  if (answer.is === "order") return [answer.order.id]
  return answer.is === "refused" && answer.orderId !== undefined ? [answer.orderId] : []
}
