import type { Response, Invocation, HoldSeen, Moment, OrderSeen } from "./checker/operations.ts"
import { HOLD_TTL_MS, PAYMENT_TTL_MS } from "./handwritten.ts"

/** A hold with its order. `lapsed`: the deadline of the hold or its order has passed and no sweep has ended it. */
export interface ModelHold {
  readonly seen: HoldSeen
  readonly order: OrderSeen | null
  readonly lapsed: boolean
}

/** The sequential specification of one product: one operation after the other, without caches and failures. */
export interface Model {
  readonly stock: number
  readonly holds: ReadonlyMap<number, ModelHold>
  readonly holdByKey: ReadonlyMap<string, number>
  readonly events: ReadonlyMap<string, Extract<Response, { kind: "payment" }>>
}

export function emptySale(stock: number): Model {
  return { stock, holds: new Map(), holdByKey: new Map(), events: new Map() }
}

/** The response to one operation, and the model after it. */
export interface ModelStep {
  readonly response: Response
  readonly model: Model
}

/** One operation, its time by the database's clock, and the ids for a new hold or order. */
export interface ModelInput {
  readonly invocation: Invocation
  readonly now: Moment
  readonly holdId: number
  readonly orderId: number
}

/** Applies one operation. */
export function respond(model: Model, { invocation, now, holdId, orderId }: ModelInput): ModelStep {
  switch (invocation.kind) {
    case "hold":
      return tellHold(model, invocation, { now, holdId })
    case "release":
      return tellRelease(model, invocation.holdId)
    case "read_hold":
      return { response: holdAnswer(model, invocation.holdId, now), model }
    case "order":
      return tellOrder(model, invocation.holdId, { now, orderId })
    case "cancel":
      return tellCancel(model, invocation.orderId)
    case "read_order":
      return { response: orderAnswer(model, invocation.orderId, now), model }
    case "pay":
      return tellPay(model, invocation.orderId, invocation.key)
    case "read_product":
      return { response: { kind: "product", stock: model.stock, ...countsOf(model) }, model }
    case "set_stock":
      return tellStock(model, invocation)
  }
}

/** The product's counts. Lapsed units count as held. */
export function countsOf({ stock, holds }: Model) {
  let [held, sold] = [0, 0]
  for (const one of holds.values()) {
    if (isHeld(one)) held += one.seen.qty
    if (one.order?.status === "paid") sold += one.seen.qty
  }
  return { available: stock - held - sold, held, sold }
}

function isHeld({ seen, order }: ModelHold): boolean {
  return seen.status === "active" || order?.status === "pending_payment"
}

/** Units of holds and orders that are past their deadline and not swept. */
export function lapsedUnits({ holds }: Model): number {
  let units = 0
  for (const one of holds.values()) if (one.lapsed) units += one.seen.qty
  return units
}

/** The deadline of the hold or, once there is one, of its order; null if no unit of it is held. */
export function deadlineOf(one: ModelHold): Moment | null {
  if (!isHeld(one)) return null
  return one.order === null ? one.seen.expiresAt : one.order.expiresAt
}

/** Marks a hold or its order as past its deadline. */
export function lapse(model: Model, holdId: number): Model {
  return withHold(model, { ...holdIn(model, holdId), lapsed: true })
}

/** Ends a lapsed hold or order, which makes its units available. */
export function sweep(model: Model, holdId: number): Model {
  const { seen, order } = holdIn(model, holdId)
  if (order === null) return withHold(model, { seen: { ...seen, status: "expired" }, order, lapsed: false })
  return withHold(model, { seen, order: { ...order, status: "expired" }, lapsed: false })
}

function sweepAll(model: Model): Model {
  let swept = model
  for (const [holdId, { lapsed }] of model.holds) if (lapsed) swept = sweep(swept, holdId)
  return swept
}

function holdIn({ holds }: Model, holdId: number): ModelHold {
  const hold = holds.get(holdId)
  if (hold === undefined) throw new Error(`the model has no hold ${holdId}`)
  return hold
}

function withHold(model: Model, hold: ModelHold): Model {
  return { ...model, holds: new Map([...model.holds, [hold.seen.id, hold]]) }
}

function refused(code: string, more: object = {}): Response {
  return { kind: "refused", code, ...more }
}

type Asking<What extends Invocation["kind"]> = Extract<Invocation, { kind: What }>

function tellHold(
  model: Model,
  { qty, key }: Asking<"hold">,
  at: { now: Moment; holdId: number },
): ModelStep {
  const replay = key === null ? undefined : model.holdByKey.get(key)
  const first = replay === undefined ? undefined : model.holds.get(replay)
  if (first !== undefined)
    return { response: { kind: "hold", hold: { ...first.seen, status: "active" }, replayed: true }, model }
  const swept = countsOf(model).available < qty ? sweepAll(model) : model
  const { available } = countsOf(swept)
  if (available < qty) return { response: refused("out_of_stock", { available }), model: swept }
  const seen: HoldSeen = {
    id: at.holdId,
    qty,
    status: "active",
    createdAt: at.now,
    expiresAt: at.now + HOLD_TTL_MS,
  }
  const holdByKey = key === null ? swept.holdByKey : new Map([...swept.holdByKey, [key, seen.id]])
  return {
    response: { kind: "hold", hold: seen, replayed: false },
    model: { ...withHold(swept, { seen, order: null, lapsed: false }), holdByKey },
  }
}

/** The hold as a command finds it: a lapsed hold ends when a command is about it. */
function foundHold(model: Model, holdId: number): [Model, ModelHold] {
  const { lapsed, order } = holdIn(model, holdId)
  // A lapsed order stays: a command about its hold does not end it.
  const met = lapsed && order === null ? sweep(model, holdId) : model
  return [met, holdIn(met, holdId)]
}

function refusalOf({ seen, order }: ModelHold): Response {
  if (seen.status === "released") return refused("hold_released")
  if (seen.status === "expired") return refused("hold_expired")
  return refused("hold_already_used", order === null ? {} : { orderId: order.id })
}

function tellRelease(before: Model, holdId: number): ModelStep {
  const [model, hold] = foundHold(before, holdId)
  const { seen } = hold
  if (seen.status === "released") return { response: { kind: "hold", hold: seen, replayed: false }, model }
  if (seen.status !== "active") return { response: refusalOf(hold), model }
  const released: HoldSeen = { ...seen, status: "released" }
  return {
    response: { kind: "hold", hold: released, replayed: false },
    model: withHold(model, { ...hold, seen: released }),
  }
}

function tellOrder(before: Model, holdId: number, at: { now: Moment; orderId: number }): ModelStep {
  const [model, hold] = foundHold(before, holdId)
  if (hold.seen.status !== "active") return { response: refusalOf(hold), model }
  const order: OrderSeen = {
    id: at.orderId,
    holdId,
    status: "pending_payment",
    late: false,
    createdAt: at.now,
    expiresAt: at.now + PAYMENT_TTL_MS,
  }
  const seen: HoldSeen = { ...hold.seen, status: "converted" }
  return {
    response: { kind: "order", order, created: true },
    model: withHold(model, { seen, order, lapsed: false }),
  }
}

type Ordered = ModelHold & { readonly order: OrderSeen }

function orderIn({ holds }: Model, orderId: number): Ordered {
  for (const { seen, order, lapsed } of holds.values())
    if (order?.id === orderId) return { seen, order, lapsed }
  throw new Error(`the model has no order ${orderId}`)
}

function foundOrder(before: Model, orderId: number): [Model, Ordered] {
  const { seen, lapsed } = orderIn(before, orderId)
  const model = lapsed ? sweep(before, seen.id) : before
  return [model, orderIn(model, orderId)]
}

function tellCancel(before: Model, orderId: number): ModelStep {
  const [model, hold] = foundOrder(before, orderId)
  const { order } = hold
  if (order.status === "expired") return { response: refused("order_expired"), model }
  if (order.status === "paid") return { response: refused("order_not_pending"), model }
  const cancelled: OrderSeen = { ...order, status: "cancelled" }
  return {
    response: { kind: "order", order: cancelled, created: false },
    model: withHold(model, { ...hold, order: cancelled }),
  }
}

function tellPay(before: Model, orderId: number, key: string): ModelStep {
  const known = before.events.get(key)
  if (known !== undefined) return { response: { ...known, duplicate: true }, model: before }
  const [model, hold] = foundOrder(before, orderId)
  const { order } = hold
  const { available } = countsOf(model)
  const base = { kind: "payment", late: false, duplicate: false } as const
  const note = (response: Extract<Response, { kind: "payment" }>, after: Model): ModelStep => ({
    response,
    model: { ...after, events: new Map([...after.events, [key, response]]) },
  })
  if (order.status === "paid") return note({ ...base, outcome: "ignored_final", orderStatus: "paid" }, model)
  const late = order.status !== "pending_payment"
  const swept = late && available < hold.seen.qty ? sweepAll(model) : model
  if (late && countsOf(swept).available < hold.seen.qty) {
    return note({ ...base, outcome: "refund_due", orderStatus: order.status }, swept)
  }
  const paid: OrderSeen = { ...order, status: "paid", late }
  return note(
    { ...base, outcome: "paid", orderStatus: "paid", late },
    withHold(swept, { ...hold, order: paid }),
  )
}

function holdAnswer(model: Model, holdId: number, now: Moment): Response {
  const { seen } = holdIn(model, holdId)
  const isOver = seen.status === "active" && seen.expiresAt <= now
  return { kind: "hold", hold: isOver ? { ...seen, status: "expired" } : seen, replayed: false }
}

function orderAnswer(model: Model, orderId: number, now: Moment): Response {
  const { order } = orderIn(model, orderId)
  const isOver = order.status === "pending_payment" && order.expiresAt <= now
  return { kind: "order", order: isOver ? { ...order, status: "expired" } : order, created: false }
}

function tellStock(model: Model, { stock, expected }: Asking<"set_stock">): ModelStep {
  if (model.stock !== expected) return { response: refused("stock_changed"), model }
  const { held, sold } = countsOf(model)
  if (stock < held + sold) return { response: refused("stock_in_use"), model }
  const after = { ...model, stock }
  return { response: { kind: "product", stock, ...countsOf(after) }, model: after }
}
