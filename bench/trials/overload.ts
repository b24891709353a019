import type { Second } from "../load/plan.ts"
import { median, rounded, summarise } from "../row.ts"
import { createScenarioRunner, measuredFrom } from "../runs.ts"
import { maximumRate, type Bench } from "./trial.ts"

/** The time within which the server must recover after the overload. */
const RECOVERY_SECONDS = 5

/**
 * Three times the maximum rate, and then half of it: the rate under overload, and the recovery. The maximum is
 * the mean of a measurement just before and one just after, because the machine's speed changes in the minute between.
 */
export async function overload(bench: Bench): Promise<void> {
  const { calmSeconds, overloadSeconds, connections } = bench.settings.overload
  const server = await bench.server("doorbuster")
  const runner = createScenarioRunner(server, await bench.scenario("holds").prepare(server))
  const mostBefore = await maximumRate(bench, runner)
  const phases = [
    { perSecond: mostBefore / 2, seconds: calmSeconds },
    { perSecond: mostBefore * 3, seconds: overloadSeconds },
    { perSecond: mostBefore / 2, seconds: calmSeconds + RECOVERY_SECONDS },
  ]
  const result = await runner.run({ kind: "open", phases }, connections, [503])
  const mostAfter = await maximumRate(bench, runner)
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
  bench.progress(`overload: ${JSON.stringify(more)}`)
  bench.record(summarise("overload", new Map([["doorbuster", [measuredFrom(result)]]]), () => more))
}

/** The median of the seconds, so that one pause of a shared machine does not decide the result of a phase. */
function p99(seconds: readonly Second[]): number {
  return rounded(median(seconds.map((second) => second.p99Ms)))
}
