import type { Answer, Call, OrderStatus } from "./calls.ts"
import { Contradiction } from "./contradiction.ts"

/**
 * What an answer tells of a hold or of the order made from it. `expired` says only that the time was
 * over; `swept` that the units were back. `paid_somehow`: in time or late.
 */
export type Fact =
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

type Told<Is extends Answer["is"]> = Extract<Answer, { is: Is }>

/** What the call tells; nothing when nobody knows what became of it. */
export function factsOf(call: Call): readonly Fact[] {
  const { asked, answer } = call
  if (answer.is === "refused") return factsOfRefusal(call, answer.code)
  expectDone(call)
  if (answer.is === "hold") return asked.what === "hold" ? [] : factsByHold[answer.hold.status]
  if (answer.is === "order") return ["ordered", ...factsByOrder(answer.order.status, answer.order.late)]
  return answer.is === "payment" ? factsOfPayment(call, answer) : []
}

/** What was answered with a success was done. */
function expectDone(call: Call): void {
  const { asked, answer } = call
  const isUndone =
    (asked.what === "release" && answer.is === "hold" && answer.hold.status !== "released") ||
    (asked.what === "cancel" && answer.is === "order" && answer.order.status !== "cancelled")
  if (isUndone) throw new Contradiction(`a success that did not ${asked.what}`, [call])
}

const factsByHold = {
  active: ["active"],
  released: ["released"],
  expired: ["expired"],
  converted: ["ordered"],
} as const

function factsByOrder(status: OrderStatus, late: boolean | null): readonly Fact[] {
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

const factsByRefusal: Readonly<Record<string, readonly Fact[]>> = {
  hold_already_used: ["ordered"],
  hold_released: ["released"],
  hold_expired: ["expired", "swept"],
  order_expired: ["ordered", "order_expired", "order_swept"],
  order_not_pending: ["ordered", "paid_somehow"],
}

/** Only who was given a hold or order asks for it, so it must be found (I5). */
function factsOfRefusal(call: Call, code: string): readonly Fact[] {
  if (code.endsWith("_not_found"))
    throw new Contradiction(`what was acknowledged is not there: ${code}`, [call])
  if (call.asked.what === "release" && code === "hold_released") {
    throw new Contradiction("a release that had happened is the same success again", [call])
  }
  return factsByRefusal[code] ?? []
}

function factsOfPayment(
  call: Call,
  { outcome, orderStatus, late, duplicate }: Told<"payment">,
): readonly Fact[] {
  if (outcome === "paid") return ["ordered", late ? "paid_late" : "paid"]
  if (outcome === "parked") throw new Contradiction("what was acknowledged is not there: its order", [call])
  // A duplicate says how the order stood when its event came first.
  if (duplicate || orderStatus === null || orderStatus === "pending_payment") return ["ordered"]
  const facts = factsByOrder(orderStatus, null)
  return ["ordered", ...facts, ...(orderStatus === "expired" ? (["order_swept"] as const) : [])]
}
