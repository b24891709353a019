import { setTimeout as sleep } from "node:timers/promises"
import { Connection } from "./connection.ts"
import { crowdOf, type Journey } from "./crowd.ts"
import type { LoadPlan } from "./plan.ts"
import type { Tally } from "./tally.ts"

/** A connection and the visitor who uses it. */
export interface Visitor {
  /** Starts a journey that was due at `dueAt`; the visitor must be idle. */
  start(journey: Journey, dueAt: number): void
}

export interface Visitors {
  readonly nextJourney: () => Journey
  /** Opens all connections. Throws if one cannot be opened. */
  open(): Promise<void>
  /** Called with each idle visitor, at first and after each journey. */
  onIdle: (visitor: Visitor) => void
  /** The number of journeys under way. */
  readonly busy: number
  /** Waits for journeys under way, then closes all connections. */
  close(): Promise<void>
}

/** The pause before a broken connection is opened again, so that a dead server is not flooded. */
const REOPEN_MS = 50
/** The number of connections that are opened at the same time. */
const OPENING_AT_ONCE = 500

/** `timing`: whether to time each request, or the whole journey from the moment it was due. */
export function createVisitors(plan: LoadPlan, tally: Tally, timing: "request" | "journey"): Visitors {
  const nextJourney = crowdOf(plan)
  const connections = new Set<Connection>()
  let closing = false
  let busy = 0

  const visitors: Visitors = {
    nextJourney,
    onIdle: () => undefined,
    get busy() {
      return busy
    },
    async open() {
      for (let opened = 0; opened < plan.connections; opened += OPENING_AT_ONCE) {
        const count = Math.min(OPENING_AT_ONCE, plan.connections - opened)
        await Promise.all(Array.from({ length: count }, () => new Promise<void>(visit)))
      }
    },
    async close() {
      closing = true
      const deadline = performance.now() + 10_000
      while (busy > 0 && performance.now() < deadline) await sleep(5)
      tally.broken += busy
      for (const connection of connections) connection.end()
    },
  }

  function visit(opened: () => void, failed: (error: Error) => void = () => undefined): void {
    let journey: Journey | null = null
    let since = 0
    const visitor: Visitor = {
      start(next, dueAt) {
        journey = next
        since = dueAt
        busy += 1
        connection.send(next.first)
      },
    }
    const connection = new Connection(plan.host, plan.port, {
      onOpen() {
        opened()
        visitors.onIdle(visitor)
      },
      onAnswer(status, text, bodyAt) {
        if (journey === null) return
        const now = performance.now()
        const isRight = tally.answered(status, text)
        const next = isRight ? journey.next(text, bodyAt) : null
        if (isRight && (timing === "request" || next === null)) tally.took(now - since, now)
        if (next !== null) {
          if (timing === "request") since = now
          return connection.send(next)
        }
        if (isRight) tally.completed(now)
        journey = null
        busy -= 1
        visitors.onIdle(visitor)
      },
      onClose(error) {
        connections.delete(connection)
        if (journey !== null) {
          journey = null
          busy -= 1
          tally.broken += 1
        }
        failed(error ?? new Error("the server closed the connection"))
        if (!closing) setTimeout(() => visit(() => undefined), REOPEN_MS)
      },
    })
    connections.add(connection)
  }

  return visitors
}
