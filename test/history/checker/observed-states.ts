import type { Response, Operation, OrderStatus } from "./operations.ts"
import { Contradiction } from "./contradiction.ts"

/**
 * A state in which a response shows a hold or the order made from it. `expired` says only that the deadline had passed,
 * `swept` that the units were available again, `paid_somehow` that it was paid in time or late.
 */
export type ObservedState =
  | "active"
  | "released"
  | "expired"
  | "swept"
  | "ordered"
  | "pending"
  | "cancelled"
  | "order_expired"
  | "order_swept"
  | "paid"
  | "paid_late"
  | "paid_somehow"

type Told<Is extends Response["kind"]> = Extract<Response, { kind: Is }>

/** The states that the response shows; none if the response is unknown. */
export function observedStates(operation: Operation): readonly ObservedState[] {
  const { invocation, response } = operation
  if (response.kind === "refused") return statesOfRefusal(operation, response.code)
  expectDone(operation)
  if (response.kind === "hold")
    return invocation.kind === "hold" ? [] : statesByHoldStatus[response.hold.status]
  if (response.kind === "order")
    return ["ordered", ...statesOfOrder(response.order.status, response.order.late)]
  return response.kind === "payment" ? statesOfPayment(operation, response) : []
}

/** A response that reports success must show its effect. */
function expectDone(operation: Operation): void {
  const { invocation, response } = operation
  const isUndone =
    (invocation.kind === "release" && response.kind === "hold" && response.hold.status !== "released") ||
    (invocation.kind === "cancel" && response.kind === "order" && response.order.status !== "cancelled")
  if (isUndone) throw new Contradiction(`a successful ${invocation.kind} had no effect`, [operation])
}

const statesByHoldStatus = {
  active: ["active"],
  released: ["released"],
  expired: ["expired"],
  converted: ["ordered"],
} as const

function statesOfOrder(status: OrderStatus, late: boolean | null): readonly ObservedState[] {
  switch (status) {
    case "pending_payment":
      return ["pending"]
    case "cancelled":
      return ["cancelled"]
    case "expired":
      return ["order_expired"]
    case "paid":
    case "refunded":
      return [late === null ? "paid_somehow" : late ? "paid_late" : "paid"]
  }
}

const statesByRefusal: Readonly<Record<string, readonly ObservedState[]>> = {
  hold_already_used: ["ordered"],
  hold_released: ["released"],
  hold_expired: ["expired", "swept"],
  order_expired: ["ordered", "order_expired", "order_swept"],
  order_not_pending: ["ordered", "paid_somehow"],
}

/** Clients ask only for holds and orders that they were given, so a `…_not_found` is a contradiction (I5). */
function statesOfRefusal(operation: Operation, code: string): readonly ObservedState[] {
  if (code.endsWith("_not_found"))
    throw new Contradiction(`an acknowledged hold or order is missing: ${code}`, [operation])
  if (operation.invocation.kind === "release" && code === "hold_released") {
    throw new Contradiction("a repeated release was refused, and must return its first success", [operation])
  }
  return statesByRefusal[code] ?? []
}

function statesOfPayment(
  operation: Operation,
  { outcome, orderStatus, late, duplicate }: Told<"payment">,
): readonly ObservedState[] {
  if (outcome === "paid") return ["ordered", late ? "paid_late" : "paid"]
  if (outcome === "parked")
    throw new Contradiction("an acknowledged order is missing: its payment was parked", [operation])
  // A duplicate shows the order as it was at the event's first delivery.
  if (duplicate || orderStatus === null || orderStatus === "pending_payment") return ["ordered"]
  const states = statesOfOrder(orderStatus, null)
  return ["ordered", ...states, ...(orderStatus === "expired" ? (["order_swept"] as const) : [])]
}
