import { createHistogram, type RecordableHistogram } from "node:perf_hooks"

/** What visitors ask for. */
export type Question = "product" | "hold" | "release" | "attempt" | "order" | "payment"

/** What happened in one second of the rehearsal, told by those who asked. */
export interface Second {
  granted: number
  refused: number
  /** Asked in vain: the connection broke, or the server could not answer just then. */
  failed: number
}

/** A refusal for want of units, to be compared with what there was. */
export interface WantOfUnits {
  /** In milliseconds of the rehearsal. */
  readonly askedAt: number
  readonly answeredAt: number
  readonly quantity: number
}

/** What a visitor was promised. */
export interface Promised {
  readonly holds: readonly { readonly id: number; readonly quantity: number }[]
  readonly released: readonly number[]
  readonly orders: readonly { readonly id: number; readonly holdId: number }[]
}

/** Everything that visitors asked and were told. */
export interface Ledger {
  /** Milliseconds since the rehearsal began. */
  readonly now: () => number
  /** Notes an answer. `code` is null for what was granted. */
  answered(question: Question, askedAt: number, code: string | null): void
  /** Notes that there was none, and why. */
  unanswered(question: Question, why: string): void
  wanted(want: WantOfUnits): void
  held(id: number, quantity: number): void
  released(id: number): void
  ordered(id: number, holdId: number): void
  /** Notes what must not happen. */
  wrong(what: string): void
  visited(): void
  readonly promised: Promised
  readonly seconds: readonly Readonly<Second>[]
  readonly wants: readonly WantOfUnits[]
  readonly wrongs: readonly string[]
  readonly visits: number
  /** By question, then by code; what was granted stands under `granted`. */
  readonly answers: ReadonlyMap<Question, ReadonlyMap<string, number>>
  /** How long visitors waited for an answer, in microseconds. */
  readonly waits: ReadonlyMap<Question, RecordableHistogram>
  readonly failures: ReadonlyMap<string, number>
}

/** More of the same kind would only make the report longer. */
const MOST_WRONGS = 50

/** Opens an empty ledger; its clock starts now. */
export function createLedger(): Ledger {
  const startedAt = performance.now()
  const now = () => performance.now() - startedAt
  const seconds: Second[] = []
  const answers = new Map<Question, Map<string, number>>()
  const waits = new Map<Question, RecordableHistogram>()
  const failures = new Map<string, number>()
  const promised = {
    holds: [] as { id: number; quantity: number }[],
    released: [] as number[],
    orders: [] as { id: number; holdId: number }[],
  }
  const wants: WantOfUnits[] = []
  const wrongs: string[] = []
  let visits = 0

  function second(): Second {
    const index = Math.floor(now() / 1000)
    while (seconds.length <= index) seconds.push({ granted: 0, refused: 0, failed: 0 })
    return seconds[index] as Second
  }

  return {
    now,
    answered(question, askedAt, code) {
      const counts = answers.get(question) ?? new Map<string, number>()
      answers.set(question, count(counts, code ?? "granted"))
      const histogram = waits.get(question) ?? createHistogram()
      waits.set(question, histogram)
      histogram.record(Math.max(1, Math.round((now() - askedAt) * 1000)))
      if (question === "hold") second()[code === null ? "granted" : "refused"] += 1
    },
    unanswered(question, why) {
      count(failures, `${question}: ${why}`)
      second().failed += 1
    },
    wanted: (want) => void wants.push(want),
    held: (id, quantity) => void promised.holds.push({ id, quantity }),
    released: (id) => void promised.released.push(id),
    ordered: (id, holdId) => void promised.orders.push({ id, holdId }),
    wrong(what) {
      if (wrongs.length < MOST_WRONGS) wrongs.push(what)
    },
    visited: () => void (visits += 1),
    promised,
    seconds,
    wants,
    wrongs,
    get visits() {
      return visits
    },
    answers,
    waits,
    failures,
  }
}

function count(counts: Map<string, number>, what: string): Map<string, number> {
  return counts.set(what, (counts.get(what) ?? 0) + 1)
}
