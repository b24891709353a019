import type { Second } from "../load/plan.ts"
import { median, rounded, summarise } from "../row.ts"
import { createScenarioRunner, measuredFrom } from "../runs.ts"
import { theMost, type Bench } from "./trial.ts"

/** How long after the crowd has gone things must be as they were. */
const RECOVERY_SECONDS = 5

/**
 * Three times as many as can be served, and then half: what is served meanwhile, and how it recovers. The most is
 * measured just before and just after, and their mean counts: the minute between belongs to the machine as well.
 */
export async function overload(bench: Bench): Promise<void> {
  const { calmSeconds, overloadSeconds, connections } = bench.settings.overload
  const server = await bench.server("doorbuster")
  const runner = createScenarioRunner(server, await bench.scenario("holds").prepare(server))
  const mostBefore = await theMost(bench, runner)
  const phases = [
    { perSecond: mostBefore / 2, seconds: calmSeconds },
    { perSecond: mostBefore * 3, seconds: overloadSeconds },
    { perSecond: mostBefore / 2, seconds: calmSeconds + RECOVERY_SECONDS },
  ]
  const result = await runner.run({ kind: "open", phases }, connections, [503])
  const mostAfter = await theMost(bench, runner)
  const { timeline } = result
  const before = timeline.slice(1, calmSeconds)
  const during = timeline.slice(calmSeconds + 1, calmSeconds + overloadSeconds - 1)
  const end = calmSeconds + overloadSeconds
  const after = timeline.slice(end + RECOVERY_SECONDS, end + RECOVERY_SECONDS + calmSeconds - 1)
  const served = median(during.map((second) => second.served))
  const more = {
    most_before: Math.round(mostBefore),
    most_after: Math.round(mostAfter),
    served_during: Math.round(served),
    share_of_most_during: rounded(served / ((mostBefore + mostAfter) / 2)),
    p99_before_ms: p99(before),
    p99_after_ms: p99(after),
    status_503: result.statuses["503"] ?? 0,
    dropped: result.dropped,
  }
  bench.say(`overload: ${JSON.stringify(more)}`)
  bench.record(summarise("overload", new Map([["doorbuster", [measuredFrom(result)]]]), () => more))
}

/** The median of the seconds: one hiccup of a shared machine is not what a phase was like. */
function p99(seconds: readonly Second[]): number {
  return rounded(median(seconds.map((second) => second.p99Ms)))
}
