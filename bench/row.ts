import type { ServerName } from "./servers/server.ts"

/** One row of the results: a server in a scenario, over all rounds. */
export interface Row {
  /** The scenario, such as `holds`, or `holds@70%` for arrivals at a fixed share of the maximum rate. */
  readonly scenario: string
  readonly server: ServerName
  /** Visitors served per second: the median of the rounds, the lowest and the highest. */
  readonly per_second: number
  readonly per_second_min: number
  readonly per_second_max: number
  /** The latency of a request or, with fixed arrivals, of a whole journey from the moment the visitor was due. */
  readonly p50_ms: number
  readonly p99_ms: number
  /**
   * Its rate divided by the rate of each other server: the median of the rounds' ratios. The runs of a round are only
   * seconds apart, so a machine that is slow for a minute slows all of them down.
   */
  readonly ratio_to: Readonly<Partial<Record<ServerName, number>>>
  readonly rounds: number
  /** Further figures, such as dropped arrivals. */
  readonly more: Readonly<Record<string, number>>
}

export interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Summarises the rounds of several servers in one scenario. */
export function summarise(
  scenario: string,
  rounds: ReadonlyMap<ServerName, readonly Measured[]>,
  more: (server: ServerName) => Row["more"] = () => ({}),
): Row[] {
  return [...rounds].map(([server, runs]) => {
    const others = [...rounds].filter(([other]) => other !== server)
    return {
      scenario,
      server,
      per_second: Math.round(median(runs.map((run) => run.perSecond))),
      per_second_min: Math.round(Math.min(...runs.map((run) => run.perSecond))),
      per_second_max: Math.round(Math.max(...runs.map((run) => run.perSecond))),
      p50_ms: rounded(median(runs.map((run) => run.p50Ms))),
      p99_ms: rounded(median(runs.map((run) => run.p99Ms))),
      ratio_to: Object.fromEntries(
        others.map(([other, theirs]) => [other, rounded(pairedRatio(runs, theirs))]),
      ),
      rounds: runs.length,
      more: more(server),
    }
  })
}

function pairedRatio(ours: readonly Measured[], theirs: readonly Measured[]): number {
  return median(ours.map(({ perSecond }, round) => perSecond / (theirs[round]?.perSecond ?? Number.NaN)))
}

/** The median; for an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

/** Rounds to three significant digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
