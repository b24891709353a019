import type { Response, Operation, OrderStatus } from "./operations.ts"
import { Contradiction } from "./contradiction.ts"

/**
 * What an answer tells of a hold or of the order made from it. `expired` says only that the time was
 * over; `swept` that the units were back. `paid_somehow`: in time or late.
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

/** What the call tells; nothing when nobody knows what became of it. */
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

/** What was answered with a success was done. */
function expectDone(operation: Operation): void {
  const { invocation, response } = operation
  const isUndone =
    (invocation.kind === "release" && response.kind === "hold" && response.hold.status !== "released") ||
    (invocation.kind === "cancel" && response.kind === "order" && response.order.status !== "cancelled")
  if (isUndone) throw new Contradiction(`a success that did not ${invocation.kind}`, [operation])
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

/** Only who was given a hold or order asks for it, so it must be found (I5). */
function statesOfRefusal(operation: Operation, code: string): readonly ObservedState[] {
  if (code.endsWith("_not_found"))
    throw new Contradiction(`what was acknowledged is not there: ${code}`, [operation])
  if (operation.invocation.kind === "release" && code === "hold_released") {
    throw new Contradiction("a release that had happened is the same success again", [operation])
  }
  return statesByRefusal[code] ?? []
}

function statesOfPayment(
  operation: Operation,
  { outcome, orderStatus, late, duplicate }: Told<"payment">,
): readonly ObservedState[] {
  if (outcome === "paid") return ["ordered", late ? "paid_late" : "paid"]
  if (outcome === "parked")
    throw new Contradiction("what was acknowledged is not there: its order", [operation])
  // A duplicate says how the order stood when its event came first.
  if (duplicate || orderStatus === null || orderStatus === "pending_payment") return ["ordered"]
  const states = statesOfOrder(orderStatus, null)
  return ["ordered", ...states, ...(orderStatus === "expired" ? (["order_swept"] as const) : [])]
}
