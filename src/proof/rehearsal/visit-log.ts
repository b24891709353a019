import { createHistogram, type RecordableHistogram } from "node:perf_hooks"

/** The requests of a visitor. */
export type RequestKind = "product" | "hold" | "release" | "attempt" | "order" | "details" | "payment"

/** Answers in one second of the rehearsal, as visitors saw them. */
export interface Second {
  granted: number
  refused: number
  /** Requests without a result: the connection broke, or the answer was 503. */
  failed: number
}

/** A refusal with `out_of_stock`, to be compared later with the available units. */
export interface OutOfStock {
  /** Milliseconds since the rehearsal began. */
  readonly askedAt: number
  readonly answeredAt: number
  readonly quantity: number
  /** Of a product with variants: the lines of the request, all of which must have been available. */
  readonly lines?: readonly Line[]
}

/** Units of one variant in a request. */
export interface Line {
  readonly variantId: number
  readonly quantity: number
}

/** Everything that servers acknowledged to visitors; it must still be true at the end. */
export interface Acknowledged {
  /** `lines`: of a product with variants. */
  readonly holds: readonly {
    readonly id: number
    readonly quantity: number
    readonly lines?: readonly Line[]
  }[]
  readonly released: readonly number[]
  readonly orders: readonly { readonly id: number; readonly holdId: number }[]
  /** Of a product that asks for details: the e-mail address that the visitor has given. */
  readonly details: readonly { readonly orderId: number; readonly email: string }[]
}

/** All requests of visitors and their answers. */
export interface VisitLog {
  /** Milliseconds since the rehearsal began. */
  readonly now: () => number
  /** Records an answer. `code` is null if the request was granted. */
  answered(kind: RequestKind, askedAt: number, code: string | null): void
  /** Records a request that got no answer, and why. */
  unanswered(kind: RequestKind, why: string): void
  refusedForStock(want: OutOfStock): void
  held(id: number, quantity: number, lines?: readonly Line[]): void
  released(id: number): void
  ordered(id: number, holdId: number): void
  gaveDetails(orderId: number, email: string): void
  /** Records something that must never happen. */
  wrong(finding: string): void
  visited(): void
  readonly acknowledged: Acknowledged
  readonly seconds: readonly Readonly<Second>[]
  readonly stockRefusals: readonly OutOfStock[]
  readonly findings: readonly string[]
  readonly visits: number
  /** By request, then by code; granted requests are counted under `granted`. */
  readonly answers: ReadonlyMap<RequestKind, ReadonlyMap<string, number>>
  /** Time until the answer, in microseconds, by request. */
  readonly waits: ReadonlyMap<RequestKind, RecordableHistogram>
  readonly failures: ReadonlyMap<string, number>
}

/** More findings of the same kind would only make the report longer. */
const MOST_FINDINGS = 50

/** Makes an empty log; its clock starts now. */
export function createVisitLog(): VisitLog {
  const startedAt = performance.now()
  const now = () => performance.now() - startedAt
  const seconds: Second[] = []
  const answers = new Map<RequestKind, Map<string, number>>()
  const waits = new Map<RequestKind, RecordableHistogram>()
  const failures = new Map<string, number>()
  const acknowledged = {
    holds: [] as { id: number; quantity: number; lines?: readonly Line[] }[],
    released: [] as number[],
    orders: [] as { id: number; holdId: number }[],
    details: [] as { orderId: number; email: string }[],
  }
  const stockRefusals: OutOfStock[] = []
  const findings: string[] = []
  let visits = 0

  function second(): Second {
    const index = Math.floor(now() / 1000)
    while (seconds.length <= index) seconds.push({ granted: 0, refused: 0, failed: 0 })
    return seconds[index] as Second
  }

  return {
    now,
    answered(kind, askedAt, code) {
      const counts = answers.get(kind) ?? new Map<string, number>()
      answers.set(kind, count(counts, code ?? "granted"))
      const histogram = waits.get(kind) ?? createHistogram()
      waits.set(kind, histogram)
      histogram.record(Math.max(1, Math.round((now() - askedAt) * 1000)))
      if (kind === "hold") second()[code === null ? "granted" : "refused"] += 1
    },
    unanswered(kind, why) {
      count(failures, `${kind}: ${why}`)
      second().failed += 1
    },
    refusedForStock: (refusal) => void stockRefusals.push(refusal),
    held: (id, quantity, lines) =>
      void acknowledged.holds.push({ id, quantity, ...(lines !== undefined && { lines }) }),
    released: (id) => void acknowledged.released.push(id),
    ordered: (id, holdId) => void acknowledged.orders.push({ id, holdId }),
    gaveDetails: (orderId, email) => void acknowledged.details.push({ orderId, email }),
    wrong(finding) {
      if (findings.length < MOST_FINDINGS) findings.push(finding)
    },
    visited: () => void (visits += 1),
    acknowledged,
    seconds,
    stockRefusals,
    findings,
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
