import type { Response, Operation, History } from "./checker/operations.ts"
import { AHEAD_MS, HOLD_TTL_MS } from "./handwritten.ts"

/** The history with one operation changed; `pick` selects the operation, `how` the change. */
export function mutated(history: History, pick: number, how: number): History {
  const at = pick % Math.max(1, history.operations.length)
  const operations = history.operations.map((operation, index) =>
    index === at ? changed(operation, how) : operation,
  )
  return { ...history, operations }
}

function changed(operation: Operation, how: number): Operation {
  // Another time: earlier or later by more than intervals overlap.
  if (how % 4 === 0) {
    const by = how % 8 === 0 ? 120 : -120
    return { ...operation, startedAt: operation.startedAt + by, endedAt: operation.endedAt + by }
  }
  return { ...operation, response: otherAnswer(operation, how) }
}

function otherAnswer(operation: Operation, how: number): Response {
  const { invocation, response, startedAt, endedAt, number } = operation
  switch (response.kind) {
    case "unknown":
    case "payment":
    case "order":
      return response
    case "product": {
      const by = how % 2 === 0 ? 1 : -1
      return { ...response, available: response.available + by, held: response.held - by }
    }
    case "hold":
      if (invocation.kind === "hold") return { kind: "refused", code: "out_of_stock", available: 0 }
      return { ...response, hold: { ...response.hold, status: one(["active", "released", "expired"], how) } }
    case "refused": {
      if (invocation.kind === "order" || invocation.kind === "release") {
        return { kind: "refused", code: one(["hold_released", "hold_expired"], how) }
      }
      if (invocation.kind !== "hold") return response
      const createdAt = AHEAD_MS + Math.round((startedAt + endedAt) / 2)
      const { qty } = invocation
      const hold = {
        id: 1 + number,
        qty,
        status: "active",
        createdAt,
        expiresAt: createdAt + HOLD_TTL_MS,
      } as const
      return { kind: "hold", hold, replayed: false }
    }
  }
}

function one<T>(all: readonly [T, ...T[]], how: number): T {
  return all[how % all.length] ?? all[0]
}
