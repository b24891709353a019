import cluster from "node:cluster"
import { setTimeout as sleep } from "node:timers/promises"
import type { Assignment, StartFailure, ToChild, ToPrimary } from "./messages.ts"
import type { Snapshot } from "./snapshot.ts"

/** What a child does when the primary says so. */
export interface Duties {
  work(): void
  /** The primary said so, or is gone: null. */
  stop(limits: StopLimits | null): void
  snapshot(): Promise<Snapshot>
  /** Somebody looks at the sales of these products. */
  watch(productIds: readonly number[]): void
}

/** How long the primary lets a child stop. */
export interface StopLimits {
  readonly withinMs: number
  readonly delayMs: number
}

/** A child's line to its primary. */
export interface Primary {
  readonly assignment: Promise<Assignment>
  /** Says that requests can come, and from now on does what the primary says, also what it said before. */
  attend(url: string, duties: Duties): void
  /** Says why there will be no requests. Resolves when that is on its way. */
  fail(failure: StartFailure): Promise<void>
  /**
   * What the other processes have counted; null when the primary does not answer in time. From then on they
   * count what becomes of holds of the `watched` products, too.
   */
  askMetrics(own: Snapshot, watched: readonly number[]): Promise<Snapshot[] | null>
  /** Says that everything was answered. Resolves when that is on its way. */
  leave(own: Snapshot): Promise<void>
}

/** Longer than the primary waits for the others; a scrape usually waits ten seconds. */
const METRICS_WITHIN_MS = 3_000

/** Takes up the line. A process that nobody started as a child has none: null. */
export function reachPrimary(): Primary | null {
  if (cluster.worker === undefined) return null
  // Otherwise a child is ended on the spot when its primary dies, with requests in its lanes.
  cluster.worker.exitedAfterDisconnect = true

  const assigned = Promise.withResolvers<Assignment>()
  const questions = new Map<number, (snapshots: Snapshot[]) => void>()
  const waiting: ((duties: Duties) => void)[] = []
  let lastQuestion = 0
  let duties: Duties | null = null

  function obey(order: (duties: Duties) => void): void {
    if (duties === null) waiting.push(order)
    else order(duties)
  }
  async function tellMetrics(question: number, watched: readonly number[]): Promise<void> {
    if (duties === null) return
    duties.watch(watched)
    await send({ kind: "metrics", question, snapshot: await duties.snapshot() })
  }
  process.on("message", (message: ToChild) => {
    if (message.kind === "serve") assigned.resolve(message.assignment)
    else if (message.kind === "tell_metrics") void tellMetrics(message.question, message.watched)
    else if (message.kind === "other_metrics") questions.get(message.question)?.([...message.snapshots])
    else if (message.kind === "work") obey((given) => given.work())
    else obey((given) => given.stop(message))
  })
  process.once("disconnect", () => obey((given) => given.stop(null)))

  return {
    assignment: assigned.promise,
    attend(url, given) {
      duties = given
      void send({ kind: "listening", url })
      for (const order of waiting.splice(0)) order(given)
    },
    fail: (failure) => send({ kind: "failed", ...failure }),
    async askMetrics(own, watched) {
      const question = (lastQuestion += 1)
      const answer = new Promise<Snapshot[]>((resolve) => questions.set(question, resolve))
      void send({ kind: "ask_metrics", question, own, watched })
      const snapshots = await Promise.race([answer, sleep(METRICS_WITHIN_MS, null, { ref: false })])
      questions.delete(question)
      return snapshots
    },
    leave: (own) => send({ kind: "stopped", own }),
  }
}

/** Resolves when the message is written, or cannot be: then the primary is gone, and that is noticed elsewhere. */
function send(message: ToPrimary): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve()
    process.send(message, undefined, undefined, () => resolve())
  })
}
