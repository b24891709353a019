import type { Answer, Call, History } from "./checker/calls.ts"
import { AHEAD_MS, HOLD_TTL_MS } from "./written.ts"

/** The same history with one call told otherwise; `pick` chooses which, and how. */
export function mutated(history: History, pick: number, how: number): History {
  const at = pick % Math.max(1, history.calls.length)
  const calls = history.calls.map((call, index) => (index === at ? otherwise(call, how) : call))
  return { ...history, calls }
}

function otherwise(call: Call, how: number): Call {
  // Told of another time: earlier or later by more than spans overlap.
  if (how % 4 === 0) {
    const by = how % 8 === 0 ? 120 : -120
    return { ...call, startedAt: call.startedAt + by, endedAt: call.endedAt + by }
  }
  return { ...call, answer: otherAnswer(call, how) }
}

function otherAnswer(call: Call, how: number): Answer {
  const { asked, answer, startedAt, endedAt, number } = call
  switch (answer.is) {
    case "unknown":
    case "payment":
    case "order":
      return answer
    case "product": {
      const by = how % 2 === 0 ? 1 : -1
      return { ...answer, available: answer.available + by, held: answer.held - by }
    }
    case "hold":
      if (asked.what === "hold") return { is: "refused", code: "out_of_stock", available: 0 }
      return { ...answer, hold: { ...answer.hold, status: one(["active", "released", "expired"], how) } }
    case "refused": {
      if (asked.what === "order" || asked.what === "release") {
        return { is: "refused", code: one(["hold_released", "hold_expired"], how) }
      }
      if (asked.what !== "hold") return answer
      const createdAt = AHEAD_MS + Math.round((startedAt + endedAt) / 2)
      const { qty } = asked
      const hold = {
        id: 1 + number,
        qty,
        status: "active",
        createdAt,
        expiresAt: createdAt + HOLD_TTL_MS,
      } as const
      return { is: "hold", hold, replayed: false }
    }
  }
}

function one<T>(all: readonly [T, ...T[]], how: number): T {
  return all[how % all.length] ?? all[0]
}
