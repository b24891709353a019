import type { Response, Invocation, Operation, History, HoldSeen, OrderSeen } from "./checker/operations.ts"

/** By how much the database's clock is ahead of the recorder's in histories that tests write. */
export const AHEAD_MS = 1_700_000_000_000
export const HOLD_TTL_MS = 1_000
export const PAYMENT_TTL_MS = 3_000

/** One operation of a handwritten history. */
export type OperationLine = readonly [from: number, until: number, Invocation, Response]

/** Makes a history of product 1 with `stock` units. */
export function handwritten(stock: number, lines: readonly OperationLine[]): History {
  const product = { id: 1, stock, holdTtlMs: HOLD_TTL_MS, paymentTtlMs: PAYMENT_TTL_MS }
  const operations = lines.map(([startedAt, endedAt, invocation, response], number): Operation => ({
    number,
    startedAt,
    endedAt,
    invocation,
    response,
  }))
  return { products: [product], operations }
}

export const ask = {
  hold: (qty = 1, key: string | null = null): Invocation => ({ kind: "hold", productId: 1, qty, key }),
  release: (holdId: number): Invocation => ({ kind: "release", holdId }),
  order: (holdId: number): Invocation => ({ kind: "order", holdId }),
  hold_status: (holdId: number): Invocation => ({ kind: "read_hold", holdId }),
  cancel: (orderId: number): Invocation => ({ kind: "cancel", orderId }),
  pay: (orderId: number, key = "event"): Invocation => ({ kind: "pay", orderId, key }),
  order_status: (orderId: number): Invocation => ({ kind: "read_order", orderId }),
  product: (): Invocation => ({ kind: "read_product", productId: 1 }),
  stock: (stock: number, expected: number): Invocation => ({
    kind: "set_stock",
    productId: 1,
    stock,
    expected,
  }),
}

/** The response with an active hold that was created at a moment of the recorder's clock. */
export function hold(id: number, at: number, changes: Partial<HoldSeen> = {}): Response {
  const createdAt = AHEAD_MS + at
  const seen = { id, qty: 1, status: "active", createdAt, expiresAt: createdAt + HOLD_TTL_MS } as const
  return { kind: "hold", hold: { ...seen, ...changes }, replayed: false }
}

/** The same response, replayed for a repeated key. */
export function holdAgain(id: number, at: number): Response {
  return Object.assign({}, hold(id, at), { replayed: true })
}

/** The response that creates order 100 + `holdId`. */
export function order(holdId: number, at: number, changes: Partial<OrderSeen> = {}): Response {
  return { kind: "order", order: orderSeen(holdId, at, changes), created: true }
}

/** A later response that shows the order. */
export function orderLater(holdId: number, at: number, changes: Partial<OrderSeen> = {}): Response {
  return { kind: "order", order: orderSeen(holdId, at, changes), created: false }
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

export function payment(outcome: string, changes: object = {}): Response {
  return { kind: "payment", outcome, orderStatus: "paid", late: false, duplicate: false, ...changes }
}

export function product(stock: number, [available, held, sold]: readonly [number, number, number]): Response {
  return { kind: "product", stock, available, held, sold }
}

export function refused(code: string, more: { available?: number; orderId?: number } = {}): Response {
  return { kind: "refused", code, ...more }
}

export const outOfStock = refused("out_of_stock", { available: 0 })
export const unknown: Response = { kind: "unknown" }
