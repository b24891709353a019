import type { Answer, Asked, Call, History, HoldSeen, OrderSeen } from "./checker/calls.ts"

/** How far the database's clock is ahead of the recorder's in histories that tests write. */
export const AHEAD_MS = 1_700_000_000_000
export const HOLD_TTL_MS = 1_000
export const PAYMENT_TTL_MS = 3_000

/** One call by hand: begin, end, question, answer. */
export type Line = readonly [from: number, until: number, Asked, Answer]

/** A history of product 1 with `stock` units. */
export function written(stock: number, lines: readonly Line[]): History {
  const product = { id: 1, stock, holdTtlMs: HOLD_TTL_MS, paymentTtlMs: PAYMENT_TTL_MS }
  const calls = lines.map(([startedAt, endedAt, asked, answer], number): Call => ({
    number,
    startedAt,
    endedAt,
    asked,
    answer,
  }))
  return { products: [product], calls }
}

export const ask = {
  hold: (qty = 1, key: string | null = null): Asked => ({ what: "hold", productId: 1, qty, key }),
  release: (holdId: number): Asked => ({ what: "release", holdId }),
  order: (holdId: number): Asked => ({ what: "order", holdId }),
  hold_status: (holdId: number): Asked => ({ what: "look_at_hold", holdId }),
  cancel: (orderId: number): Asked => ({ what: "cancel", orderId }),
  pay: (orderId: number, key = "event"): Asked => ({ what: "pay", orderId, key }),
  order_status: (orderId: number): Asked => ({ what: "look_at_order", orderId }),
  product: (): Asked => ({ what: "look_at_product", productId: 1 }),
  stock: (stock: number, expected: number): Asked => ({ what: "set_stock", productId: 1, stock, expected }),
}

/** An active hold, made at a moment of the recorder's clock. */
export function hold(id: number, at: number, changes: Partial<HoldSeen> = {}): Answer {
  const createdAt = AHEAD_MS + at
  const seen = { id, qty: 1, status: "active", createdAt, expiresAt: createdAt + HOLD_TTL_MS } as const
  return { is: "hold", hold: { ...seen, ...changes }, replayed: false }
}

/** The same answer under its key once more. */
export function holdAgain(id: number, at: number): Answer {
  return Object.assign({}, hold(id, at), { replayed: true })
}

/** Order 100 + `holdId`, just made. */
export function order(holdId: number, at: number, changes: Partial<OrderSeen> = {}): Answer {
  return { is: "order", order: orderSeen(holdId, at, changes), created: true }
}

/** The same, seen later. */
export function orderLater(holdId: number, at: number, changes: Partial<OrderSeen> = {}): Answer {
  return { is: "order", order: orderSeen(holdId, at, changes), created: false }
}

function orderSeen(holdId: number, at: number, changes: Partial<OrderSeen>): OrderSeen {
  const createdAt = AHEAD_MS + at
  return {
    id: 100 + holdId,
    holdId,
    status: "pending_payment",
    late: false,
    createdAt,
    expiresAt: createdAt + PAYMENT_TTL_MS,
    ...changes,
  }
}

export function payment(outcome: string, changes: object = {}): Answer {
  return { is: "payment", outcome, orderStatus: "paid", late: false, duplicate: false, ...changes }
}

export function product(stock: number, [available, held, sold]: readonly [number, number, number]): Answer {
  return { is: "product", stock, available, held, sold }
}

export function refused(code: string, more: { available?: number; orderId?: number } = {}): Answer {
  return { is: "refused", code, ...more }
}

export const outOfStock = refused("out_of_stock", { available: 0 })
export const unknown: Answer = { is: "unknown" }
