import { collectDefaultMetrics, Counter, Gauge, Registry } from "@prometheus-io/client"
import { setTimeout as sleep } from "node:timers/promises"
import type { Child } from "./fork.ts"
import { createLatestSnapshots } from "./latest-snapshots.ts"
import type { ToPrimary } from "./messages.ts"

/** The primary's part in `/metrics`: asks all children for their metrics when one of them is scraped. */
export interface MetricsExchange {
  /** Handles a child's message about metrics. */
  receive(child: Child, message: Exclude<ToPrimary, { kind: "listening" | "failed" | "count" }>): void
  /** Counts the death and keeps the child's counters. */
  childDied(child: Child): void
}

/** For a child that has not answered by then its previous snapshot is used. */
const ANSWERS_WITHIN_MS = 1_000

/** `listening` are the children that can be asked; `others` has further metrics of this process. */
export function createMetricsExchange(listening: ReadonlySet<Child>, others: Registry): MetricsExchange {
  const snapshots = createLatestSnapshots()
  const own = createOwnMetrics(() => listening.size)
  const awaited = new Map<Child, () => void>()
  let round: Promise<void> | null = null
  let lastQuestion = 0

  async function answer(child: Child, question: number, watched: readonly number[]): Promise<void> {
    await (round ??= askAll(watched))
    const ofPrimary = await Promise.all([own.registry, others].map((one) => one.getMetricsAsJSON()))
    const all = [...(await snapshots.othersOf(child.id)), ...ofPrimary]
    child.send({ kind: "other_metrics", question, snapshots: all })
  }

  /** Scrapes that arrive while a round runs share it. */
  async function askAll(watched: readonly number[]): Promise<void> {
    const question = (lastQuestion += 1)
    const answers = [...listening].map((child) => {
      child.send({ kind: "tell_metrics", question, watched })
      return new Promise<void>((resolve) => awaited.set(child, resolve))
    })
    await Promise.race([Promise.all(answers), sleep(ANSWERS_WITHIN_MS, undefined, { ref: false })])
    awaited.clear()
    round = null
  }

  return {
    receive(child, message) {
      if (message.kind === "metrics") {
        snapshots.save(child.id, message.snapshot)
        if (message.question === lastQuestion) awaited.get(child)?.()
        return
      }
      snapshots.save(child.id, message.own)
      if (message.kind === "ask_metrics") void answer(child, message.question, message.watched)
    },
    childDied(child) {
      own.deaths.inc()
      snapshots.childDied(child.id)
      awaited.get(child)?.()
    },
  }
}

/** The metrics of the primary itself: its own process, and the number and deaths of its children. */
export function createOwnMetrics(livingCount: () => number) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const living: Gauge = new Gauge({
    name: "doorbuster_processes",
    help: "Processes that answer requests",
    registers,
    collect() {
      living.set(livingCount())
    },
  })
  const deaths = new Counter({
    name: "doorbuster_process_deaths_total",
    help: "Processes that ended and were replaced",
    registers,
  })
  return { registry, deaths }
}
