import type { ServerName } from "./servers/server.ts"

/** One line of the results: what a server did in a scenario, over all rounds. */
export interface Row {
  /** `holds`, or `holds@70%` where arrivals were fixed at a share of the maximum. */
  readonly scenario: string
  readonly server: ServerName
  /** Visitors served in a second: the median of all rounds, and the worst and best of them. */
  readonly per_second: number
  readonly per_second_min: number
  readonly per_second_max: number
  /** Of a request; where arrivals were fixed, of the whole way of a visitor from the moment it was due. */
  readonly p50_ms: number
  readonly p99_ms: number
  /**
   * Its rate as a multiple of others': the median of the rounds' own ratios. The two runs of a round lie
   * seconds apart, so that a machine that slows down for a minute slows both of them down.
   */
  readonly ratio_to: Readonly<Partial<Record<ServerName, number>>>
  readonly rounds: number
  /** What else was seen, such as dropped arrivals. */
  readonly more: Readonly<Record<string, number>>
}

export interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Sums up the rounds of several servers in one scenario. */
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

/** The middle one; the mean of the two in the middle of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

/** Three digits that say something. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
