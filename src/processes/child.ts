import cluster from "node:cluster"
import { setTimeout as sleep } from "node:timers/promises"
import type { Counts, Total } from "../limits/counts.ts"
import type { Assignment, StartFailure, ToChild, ToPrimary } from "./messages.ts"
import type { Snapshot } from "./snapshot.ts"

/** The requests of the primary that a child carries out. */
export interface Duties {
  work(): void
  /** `limits` are those of the primary; null when the connection to it is lost. */
  stop(limits: StopLimits | null): void
  snapshot(): Promise<Snapshot>
  /** Count the sales of these products, which an operator is watching, and keep their course. */
  watch(productIds: readonly number[]): void
}

/**
 * The time that a child has to stop: it must have ended within `withinMs`, and serves as before for the first `delayMs`
 * of that.
 */
export interface StopLimits {
  readonly withinMs: number
  readonly delayMs: number
}

/** A child's connection to its primary. */
export interface Primary {
  readonly assignment: Promise<Assignment>
  /** Reports that the child listens, and carries out what the primary asks, including what it asked before this call. */
  attend(url: string, duties: Duties): void
  /** Reports why the child cannot serve. Resolves when the message is sent. */
  fail(failure: StartFailure): Promise<void>
  /**
   * The metrics of the other processes; null when the primary does not answer in time. From then on they also count
   * the results of holds of the `watched` products.
   */
  askMetrics(own: Snapshot, watched: readonly number[]): Promise<Snapshot[] | null>
  /** The counts that the primary keeps for all processes of the port. */
  readonly counts: Counts
  /** Reports that the child has stopped in order, with its last metrics. Resolves when the message is sent. */
  leave(own: Snapshot): Promise<void>
}

/** Longer than the primary waits for the others; a scrape usually waits ten seconds. */
const METRICS_WITHIN_MS = 3_000
/** Longer than the primary waits for Redis. */
const COUNTED_WITHIN_MS = 250

/** Connects to the primary; null in a process that was not started as a child. */
export function reachPrimary(): Primary | null {
  if (cluster.worker === undefined) return null
  // Otherwise Node ends a child at once when its primary dies, with requests still in its lanes.
  cluster.worker.exitedAfterDisconnect = true

  const assigned = Promise.withResolvers<Assignment>()
  const questions = new Map<number, (snapshots: Snapshot[]) => void>()
  const counting = new Map<number, (total: Total | null) => void>()
  const waiting: ((duties: Duties) => void)[] = []
  let lastQuestion = 0
  let duties: Duties | null = null

  function carryOut(order: (duties: Duties) => void): void {
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
    else if (message.kind === "counted") counting.get(message.question)?.(message.total)
    else if (message.kind === "work") carryOut((given) => given.work())
    else carryOut((given) => given.stop(message))
  })
  process.once("disconnect", () => carryOut((given) => given.stop(null)))

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
    counts: {
      add: (count) =>
        new Promise((resolve) => {
          const question = (lastQuestion += 1)
          const answered = (total: Total | null) => {
            clearTimeout(late)
            counting.delete(question)
            resolve(total)
          }
          const late = setTimeout(() => answered(null), COUNTED_WITHIN_MS).unref()
          counting.set(question, answered)
          void send({ kind: "count", question, count })
        }),
    },
    leave: (own) => send({ kind: "stopped", own }),
  }
}

/** Resolves when the message is written, or cannot be: the `disconnect` event then reports that the primary is gone. */
function send(message: ToPrimary): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve()
    process.send(message, undefined, undefined, () => resolve())
  })
}
