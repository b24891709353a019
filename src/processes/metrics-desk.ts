import { collectDefaultMetrics, Counter, Gauge, Registry } from "@prometheus-io/client"
import { setTimeout as sleep } from "node:timers/promises"
import type { Child } from "./fork.ts"
import { createLedger } from "./ledger.ts"
import type { ToPrimary } from "./messages.ts"

/** Where the primary brings the numbers of all processes together, for whichever child is scraped. */
export interface MetricsDesk {
  hear(child: Child, message: Exclude<ToPrimary, { kind: "listening" | "failed" }>): void
  /** The child is dead; what it has counted stays. */
  forget(child: Child): void
}

/** Who has not answered by then is busy: its numbers of the last time are taken. */
const ANSWERS_WITHIN_MS = 1_000

/** `listening` are the children that can be asked. */
export function createMetricsDesk(listening: ReadonlySet<Child>): MetricsDesk {
  const ledger = createLedger()
  const own = createOwnMetrics(() => listening.size)
  const awaited = new Map<Child, () => void>()
  let round: Promise<void> | null = null
  let lastQuestion = 0

  async function answer(child: Child, question: number, watched: readonly number[]): Promise<void> {
    await (round ??= askAll(watched))
    const snapshots = [...(await ledger.othersOf(child.id)), await own.registry.getMetricsAsJSON()]
    child.send({ kind: "other_metrics", question, snapshots })
  }

  /** Those who are scraped at the same time share one round. */
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
    hear(child, message) {
      if (message.kind === "metrics") {
        ledger.write(child.id, message.snapshot)
        if (message.question === lastQuestion) awaited.get(child)?.()
        return
      }
      ledger.write(child.id, message.own)
      if (message.kind === "ask_metrics") void answer(child, message.question, message.watched)
    },
    forget(child) {
      own.deaths.inc()
      ledger.close(child.id)
      awaited.get(child)?.()
    },
  }
}

/** What the first process counts of the others. */
export function createOwnMetrics(livingCount: () => number) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const living: Gauge = new Gauge({
    name: "doorbuster_processes",
    help: "Processes that serve",
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
