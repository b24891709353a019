import { Histogram } from "./histogram.ts"
import type { LoadResult, Second } from "./plan.ts"

/** Counts the results of a run. */
export class Tally {
  readonly #expected: ReadonlySet<number>
  readonly #statuses = new Map<number, number>()
  readonly #latencies = new Histogram()
  readonly #seconds: { served: number; latencies: Histogram }[] = []
  readonly #startedAt = performance.now()
  #measuredFrom = Infinity
  #measuredTo = Infinity
  #served = 0
  #completed = 0
  #wrong: string | null = null
  dropped = 0
  broken = 0

  constructor(expected: readonly number[]) {
    this.#expected = new Set(expected)
  }

  /** Sets the measured time: results outside of it are left out of the rate and the latencies. */
  measure(from: number, to: number): void {
    this.#measuredFrom = from
    this.#measuredTo = to
  }

  /** Counts a response; returns whether its status is a right one. */
  answered(status: number, text: string): boolean {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    const isRight = this.#expected.has(status)
    if (!isRight) this.#wrong ??= text.slice(0, 2_000)
    return isRight
  }

  /** Records the duration of a request or journey with a right response. */
  took(milliseconds: number, now: number): void {
    if (now >= this.#measuredFrom && now < this.#measuredTo) this.#latencies.record(milliseconds)
    const second = Math.floor((now - this.#startedAt) / 1000)
    for (let index = this.#seconds.length; index <= second; index += 1) {
      this.#seconds.push({ served: 0, latencies: new Histogram() })
    }
    this.#seconds[second]?.latencies.record(milliseconds)
  }

  /** Counts a completed journey. */
  completed(now: number): void {
    this.#completed += 1
    if (now >= this.#measuredFrom && now < this.#measuredTo) this.#served += 1
    const second = this.#seconds[Math.floor((now - this.#startedAt) / 1000)]
    if (second !== undefined) second.served += 1
  }

  result(): LoadResult {
    return {
      served: this.#served,
      seconds: (this.#measuredTo - this.#measuredFrom) / 1000,
      latencies: this.#latencies.toJSON(),
      statuses: Object.fromEntries(this.#statuses),
      completed: this.#completed,
      dropped: this.dropped,
      broken: this.broken,
      wrong: this.#wrong,
      timeline: this.#seconds.map(({ served, latencies }): Second => ({
        served,
        p50Ms: latencies.quantile(0.5),
        p99Ms: latencies.quantile(0.99),
      })),
    }
  }
}
